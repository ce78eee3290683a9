//! Names of records as languages write them that put words together.

/// `create_point` as `CreatePoint`.
pub fn camel(name: &str) -> String {
    let part = |part: &str| {
        let mut chars = part.chars();
        chars.next().map_or(String::new(), |first| first.to_ascii_uppercase().to_string() + chars.as_str())
    };
    let name: String = name.split('_').map(part).collect();
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name } else { format!("X{name}") }
}

/// `create_point` as `createPoint`.
pub fn lower_camel(name: &str) -> String {
    let name = camel(name);
    name[..1].to_lowercase() + &name[1..]
}
