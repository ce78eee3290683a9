//! Text for a terminal: tables of aligned columns, box drawings, colours. `anstream` removes the colours elsewhere.

use anstyle::{AnsiColor, Style};
use std::fmt::Write as _;

pub const BOLD: Style = Style::new().bold();
pub const DIM: Style = Style::new().dimmed();
pub const GOOD: Style = AnsiColor::Green.on_default();
pub const BAD: Style = AnsiColor::Red.on_default().bold();

/// A text in a style.
pub fn paint(style: Style, text: impl std::fmt::Display) -> String {
    format!("{style}{text}{style:#}")
}

/// What tells why a command failed. Lines of files and names of theirs may stand in it.
pub fn error(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(plain).collect();
    format!("{}: {}", paint(BAD, "error"), lines.join("\n"))
}

/// A name or text of a module, with nothing in it that moves a terminal's cursor.
pub fn plain(text: &str) -> String {
    text.chars().flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] }).collect()
}

/// The number with its thousands apart.
pub fn number(number: impl Into<i128>) -> String {
    let number = number.into();
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0 { format!("-{text}") } else { text }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Align {
    Left,
    Right,
}

/// Rows of cells, of as many columns as there are aligns. Cells hold no styles.
pub struct Table {
    aligns: Vec<Align>,
    rows: Vec<(Style, Vec<String>)>,
}

impl Table {
    /// A table of one row, which names the columns.
    pub fn new(heads: &[(&str, Align)]) -> Self {
        let row = heads.iter().map(|(head, _)| (*head).to_owned()).collect();
        Self { aligns: heads.iter().map(|(_, align)| *align).collect(), rows: vec![(BOLD, row)] }
    }

    /// Adds a column at the right, if it is wanted. Rows have a cell for it in any case.
    pub fn column(&mut self, wanted: bool, head: &str) {
        if wanted {
            self.aligns.push(Align::Left);
            self.rows[0].1.push(head.to_owned());
        }
    }

    /// Adds a row; cells beyond the last column are left out.
    pub fn row<const N: usize>(&mut self, style: Style, cells: [String; N]) {
        self.rows.push((style, cells.into_iter().take(self.aligns.len()).collect()));
    }

    pub fn is_empty(&self) -> bool {
        self.rows.len() == 1
    }

    fn widths(&self) -> Vec<usize> {
        let width = |column: usize| self.rows.iter().map(|row| row.1[column].chars().count()).max().unwrap_or(0);
        (0..self.aligns.len()).map(width).collect()
    }

    /// Columns two spaces apart, `indent` spaces from the left.
    pub fn columns(&self, indent: usize) -> String {
        let widths = self.widths();
        let mut text = String::new();
        for (style, cells) in &self.rows {
            let cells: Vec<String> = (0..cells.len()).map(|at| self.cell(&cells[at], at, &widths)).collect();
            let line = cells.join("  ");
            writeln!(text, "{:indent$}{}", "", paint(*style, line.trim_end())).expect("a String takes all");
        }
        text
    }

    /// A drawn box, `indent` spaces from the left.
    pub fn boxed(&self, indent: usize) -> String {
        let widths = self.widths();
        let rule = |left: &str, middle: &str, right: &str| {
            let bars: Vec<String> = widths.iter().map(|width| "─".repeat(width + 2)).collect();
            format!("{:indent$}{left}{}{right}\n", "", bars.join(middle))
        };
        let mut text = rule("┌", "┬", "┐");
        for (index, (style, cells)) in self.rows.iter().enumerate() {
            let cells = cells.iter().enumerate().map(|(at, cell)| paint(*style, self.cell(cell, at, &widths)));
            let cells: Vec<String> = cells.collect();
            writeln!(text, "{:indent$}│ {} │", "", cells.join(" │ ")).expect("a String takes all");
            if index == 0 {
                text += &rule("├", "┼", "┤");
            }
        }
        text + &rule("└", "┴", "┘")
    }

    fn cell(&self, text: &str, column: usize, widths: &[usize]) -> String {
        let space = " ".repeat(widths[column] - text.chars().count());
        if self.aligns[column] == Align::Left { format!("{text}{space}") } else { format!("{space}{text}") }
    }
}
