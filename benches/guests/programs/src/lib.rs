//! Three real programs, each an export `run_NAME(rounds) -> checksum` that does the whole job anew in every round.
//!
//! | program | crate | job |
//! | --- | --- | --- |
//! | `json` | serde_json | parses the packages of a lock file, and writes them out again |
//! | `markdown` | pulldown-cmark | renders this project's README and SPEC to HTML |
//! | `template` | minijinja | compiles a template and renders the packages to an HTML page |

use allocator as _;
use minijinja::Environment;
use minijinja::value::Serde;
use pulldown_cmark::{Options, Parser, html};
use serde_json::Value;

const PACKAGES: &str = include_str!("../data/packages.json");
const PAGE: &str = include_str!("../data/page.html");
const TEXTS: [&str; 2] = [include_str!("../../../../README.md"), include_str!("../../../../abi/SPEC.md")];

/// Does a job `rounds` times and makes one number of what it returned.
fn rounds(rounds: u32, job: impl Fn() -> String) -> u32 {
    (0..rounds)
        .fold(0, |sum: u32, _| job().bytes().step_by(16).fold(sum, |sum, byte| sum.rotate_left(5) ^ u32::from(byte)))
}

fn packages() -> Value {
    serde_json::from_str(PACKAGES).expect("the document is JSON")
}

#[unsafe(no_mangle)]
pub extern "C" fn run_json(count: u32) -> u32 {
    rounds(count, || packages().to_string())
}

#[unsafe(no_mangle)]
pub extern "C" fn run_markdown(count: u32) -> u32 {
    rounds(count, || {
        let mut page = String::new();
        for text in TEXTS {
            html::push_html(&mut page, Parser::new_ext(text, Options::all()));
        }
        page
    })
}

#[unsafe(no_mangle)]
pub extern "C" fn run_template(count: u32) -> u32 {
    rounds(count, || {
        let mut environment = Environment::new();
        environment.add_template("page", PAGE).expect("the template is well-formed");
        let template = environment.get_template("page").expect("it was added");
        template.render(Serde(packages())).expect("the template fits the document")
    })
}
