//! A table as plain text and as Markdown.

use super::tables::Table;

fn width(table: &Table, column: usize) -> usize {
    let rows = std::iter::once(&table.head).chain(&table.rows);
    rows.filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
}

/// Columns padded with spaces, the first to the left and the others to the right.
pub fn text(table: &Table) -> String {
    let widths: Vec<usize> = (0..table.head.len()).map(|column| width(table, column)).collect();
    let mut text = format!("{}\n", table.title);
    let head = Some(&table.head).filter(|head| head.iter().any(|cell| !cell.is_empty()));
    for row in head.into_iter().chain(&table.rows) {
        let cells = row.iter().zip(&widths).enumerate();
        let line: Vec<String> = cells
            .map(
                |(column, (cell, &width))| {
                    if column == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
                },
            )
            .collect();
        text += &format!("  {}\n", line.join("  ").trim_end());
    }
    text + "\n"
}

pub fn markdown(table: &Table) -> String {
    let row = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let rules: Vec<String> =
        (0..table.head.len()).map(|column| if column == 0 { "---" } else { "--:" }.to_owned()).collect();
    let rows: String = table.rows.iter().map(|cells| row(cells)).collect();
    format!("## {}\n\n{}\n\n{}{}{rows}\n", table.title, table.note, row(&table.head), row(&rules))
}

#[cfg(test)]
mod tests {
    use super::{Table, markdown, text};

    fn table() -> Table {
        let row = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        Table {
            title: "Title".into(),
            note: "Note.".into(),
            head: row(["", "bytes"]),
            rows: vec![row(["pow2", "7"]), row(["dlmalloc", "10"])],
        }
    }

    #[test]
    fn text_aligns_numbers_to_the_right() {
        assert_eq!(text(&table()), "Title\n            bytes\n  pow2          7\n  dlmalloc     10\n\n");
    }

    #[test]
    fn markdown_has_a_rule_under_the_head() {
        let expected = "## Title\n\nNote.\n\n|  | bytes |\n| --- | --: |\n| pow2 | 7 |\n| dlmalloc | 10 |\n\n";
        assert_eq!(markdown(&table()), expected);
    }
}
