//! `linmem diff`: two versions of a module, by SPEC's table "Versions of records".

mod types;

use crate::args::Diff;
use crate::input::Input;
use crate::table::{BAD, GOOD, paint};
use crate::text::literal;
use crate::{Report, Result};
use linmem_host::{Decl, Module, Signature, Type};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use types::{Way, Ways};

/// A change, whether hosts have to follow it, and why.
struct Change {
    breaking: bool,
    what: String,
    why: String,
}

struct Differ<'a> {
    old: &'a Module,
    new: &'a Module,
    /// Which ways the values of a type go.
    ways: Ways,
    changes: Vec<Change>,
}

pub fn run(args: &Diff) -> Result<Report> {
    let (old, new) = (Input::of(&args.old)?.described()?, Input::of(&args.new)?.described()?);
    let mut differ = Differ { old: &old, new: &new, ways: Ways::of(&old), changes: Vec::new() };
    differ.all();
    let mut changes = differ.changes;
    changes.sort_by_key(|change| !change.breaking);
    let breaking = changes.iter().filter(|change| change.breaking).count();
    let mut text = String::new();
    for Change { breaking, what, why } in &changes {
        let verdict = if *breaking { paint(BAD, "breaking  ") } else { paint(GOOD, "compatible") };
        text += &format!("{verdict}  {what}: {why}\n");
    }
    text += &match (changes.len(), breaking) {
        (0, _) => "no changes\n".to_owned(),
        (all, 0) => format!("{all} changes, all compatible\n"),
        (all, breaking) => format!("{all} changes, {breaking} of them breaking\n"),
    };
    let json =
        changes.iter().map(|change| json!({"breaking": change.breaking, "what": change.what, "why": change.why}));
    Ok(Report { text, json: json!({"breaking": breaking > 0, "changes": json.collect::<Vec<_>>()}), bad: breaking > 0 })
}

impl Differ<'_> {
    fn say(&mut self, breaking: bool, what: impl Into<String>, why: impl Into<String>) {
        self.changes.push(Change { breaking, what: what.into(), why: why.into() });
    }

    fn all(&mut self) {
        let (old, new) = (self.old, self.new);
        let no = |_: &_| None;
        self.keys(old.types(), new.types(), |(name, decl)| format!("{} {name}", kind(decl)), no);
        self.keys(old.consts(), new.consts(), |(name, _)| format!("const {name}"), no);
        self.keys(old.fns(), new.fns(), |(name, _)| format!("fn {name}"), no);
        let import = |_: &_| Some("a host function that hosts do not have");
        self.keys(old.imports(), new.imports(), |((from, name), _)| format!("import {from} {name}"), import);
        let known = types::all(old);
        let drop = |ty: &Type| known.contains(ty).then_some("hosts free such values otherwise");
        self.keys(old.drops(), new.drops(), |(ty, name)| format!("drop {name} {ty}"), drop);
        self.roles();
        for (name, before) in old.types() {
            if let Some(after) = new.types().get(name) {
                self.decl(name, before, after);
            }
        }
        for (name, before) in old.consts() {
            match new.consts().get(name) {
                Some(after) if after.ty != before.ty => {
                    self.say(true, format!("const {name}"), format!("a {}, was a {}", after.ty, before.ty));
                }
                Some(after) if after != before => {
                    let why = format!("{}, was {}", literal(after), literal(before));
                    self.say(false, format!("const {name}"), why);
                }
                _ => {}
            }
        }
        for (name, before) in old.fns() {
            if let Some(after) = new.fns().get(name) {
                self.signature(&format!("fn {name}"), before, after, Way::Give);
            }
        }
        for ((from, name), before) in old.imports() {
            if let Some(after) = new.imports().get(&(from.clone(), name.clone())) {
                self.signature(&format!("import {from} {name}"), before, after, Way::Receive);
            }
        }
        for (ty, before) in old.drops() {
            if let Some(after) = new.drops().get(ty).filter(|after| *after != before) {
                self.say(true, format!("drop {before} {ty}"), format!("the export is {after}"));
            }
        }
        let subjects: BTreeSet<_> = old.docs().keys().chain(new.docs().keys()).collect();
        let changed =
            subjects.into_iter().filter(|subject| old.docs().get(*subject) != new.docs().get(*subject)).count();
        if changed > 0 {
            self.say(false, "doc", format!("{changed} changed"));
        }
    }

    /// Exports behind roles. Those of the allocator have one without a record as well.
    fn roles(&mut self) {
        let (old, new) = (self.old, self.new);
        let named = old.roles().keys().chain(new.roles().keys()).map(String::as_str);
        let roles: BTreeSet<&str> = named.chain(["alloc", "free", "realloc"]).collect();
        for role in roles {
            let export = |module: &'_ Module| -> Option<String> {
                let known = ["alloc", "free", "realloc"].contains(&role);
                (known || module.roles().contains_key(role)).then(|| module.role(role).to_owned())
            };
            let what = format!("role {role}");
            match (export(old), export(new)) {
                (Some(before), Some(after)) if before != after => {
                    self.say(true, what, format!("the export is {after}, was {before}"));
                }
                (Some(_), None) => self.say(true, what, "a record less"),
                (None, Some(_)) => self.say(false, what, "a record more"),
                _ => {}
            }
        }
    }

    /// Records more and records less. `breaks` says why one more breaks hosts, if it does.
    fn keys<K: Ord, V>(
        &mut self,
        old: &BTreeMap<K, V>,
        new: &BTreeMap<K, V>,
        what: impl Fn((&K, &V)) -> String,
        breaks: impl Fn(&K) -> Option<&'static str>,
    ) {
        for entry in old.iter().filter(|(key, _)| !new.contains_key(key)) {
            self.say(true, what(entry), "a record less");
        }
        for entry in new.iter().filter(|(key, _)| !old.contains_key(key)) {
            let why = breaks(entry.0);
            self.say(why.is_some(), what(entry), why.unwrap_or("a record more"));
        }
    }

    fn decl(&mut self, name: &str, old: &Decl, new: &Decl) {
        let what = format!("{} {name}", kind(old));
        match (old, new) {
            (Decl::Struct(old), Decl::Struct(new)) | (Decl::Union(old), Decl::Union(new)) => {
                self.layout(&what, old.layout, new.layout);
                let member = |field: &linmem_host::Field| (field.name.clone(), field.offset, field.ty.clone());
                self.members(&what, old.fields.iter().map(member), new.fields.iter().map(member));
            }
            (Decl::Tagged(old), Decl::Tagged(new)) => {
                self.layout(&what, old.layout, new.layout);
                if old.tag != new.tag {
                    self.say(true, &what, format!("the tag is {}, was {}", new.tag.name(), old.tag.name()));
                }
                self.cases(&what, name, &old.cases, &new.cases, false);
            }
            (Decl::Enum(old), Decl::Enum(new)) => {
                if (old.int, old.status) != (new.int, new.status) {
                    self.say(true, &what, "is another integer");
                }
                self.cases(&what, name, &old.cases, &new.cases, old.status);
            }
            (Decl::Sig(old), Decl::Sig(new)) => self.signature(&what, old, new, Way::Give),
            (Decl::Opaque, Decl::Opaque) => {}
            (_, new) => self.say(true, what, format!("is a {}", kind(new))),
        }
    }

    fn layout(&mut self, what: &str, old: linmem_host::Layout, new: linmem_host::Layout) {
        if old.size != new.size {
            self.say(true, what, format!("size {}, was {}", new.size, old.size));
        }
        if old.align != new.align {
            self.say(true, what, format!("align {}, was {}", new.align, old.align));
        }
    }

    /// Fields, with their offsets and types.
    fn members(
        &mut self,
        what: &str,
        old: impl Iterator<Item = (String, u32, Type)>,
        new: impl Iterator<Item = (String, u32, Type)>,
    ) {
        let (old, new): (Vec<_>, Vec<_>) = (old.collect(), new.collect());
        let by_name = |fields: &[(String, u32, Type)]| -> BTreeMap<String, usize> {
            fields.iter().enumerate().map(|(place, field)| (field.0.clone(), place)).collect()
        };
        let (olds, news) = (by_name(&old), by_name(&new));
        for (name, offset, ty) in &old {
            match news.get(name).map(|&place| &new[place]) {
                None => self.say(true, format!("{what}.{name}"), "a member less"),
                Some((_, _, after)) if after != ty => {
                    self.say(true, format!("{what}.{name}"), format!("is {after}, was {ty}"));
                }
                Some((_, after, _)) if after != offset => {
                    self.say(true, format!("{what}.{name}"), format!("offset {after}, was {offset}"));
                }
                Some(_) => {}
            }
        }
        for (name, ..) in new.iter().filter(|field| !olds.contains_key(&field.0)) {
            self.say(true, format!("{what}.{name}"), "a member more");
        }
        // In a struct the offsets tell the order; in a union it is all that there is.
        if olds.keys().eq(news.keys()) && olds != news {
            self.say(true, what, "the members are in another order");
        }
    }

    fn cases(&mut self, what: &str, name: &str, old: &[linmem_host::Case], new: &[linmem_host::Case], status: bool) {
        let by_name = |cases: &'_ [linmem_host::Case]| -> BTreeMap<String, usize> {
            cases.iter().enumerate().map(|(place, case)| (case.name.clone(), place)).collect()
        };
        let (olds, news) = (by_name(old), by_name(new));
        for before in old {
            let what = format!("{what}.{}", before.name);
            match news.get(&before.name).map(|&place| &new[place]) {
                None => self.say(true, what, "a case less"),
                Some(after) if after.value != before.value => {
                    self.say(true, what, format!("is {}, was {}", after.value, before.value));
                }
                Some(after) if after.payload != before.payload => {
                    let why = format!("holds {}, held {}", payload(after), payload(before));
                    self.say(true, what, why);
                }
                Some(_) => {}
            }
        }
        for after in new.iter().filter(|after| !olds.contains_key(&after.name)) {
            let received = !status && self.ways.received(name);
            let why = match (status, received) {
                (true, _) => "a reason more: hosts take an unknown status for a failure",
                (_, true) => "a case more, and hosts receive it",
                (_, false) => "a case more, which hosts only give",
            };
            self.say(received, format!("{what}.{}", after.name), why);
        }
    }

    /// Compares functions. `way` is that of their parameters as the host sees it.
    fn signature(&mut self, what: &str, old: &Signature, new: &Signature, way: Way) {
        if old.params.len() != new.params.len() {
            let why = format!("{} parameters, was {}", new.params.len(), old.params.len());
            return self.say(true, what, why);
        }
        let names = new.params.iter().enumerate().map(|(at, param)| (param.name.as_str(), at));
        let places: BTreeMap<&str, usize> = names.collect();
        let moved = |(at, name): (usize, &str)| places.get(name).is_some_and(|&place| place != at);
        if old.params.iter().map(|param| param.name.as_str()).enumerate().any(moved) {
            self.say(true, what, "the parameters are in another order");
        }
        for (before, after) in old.params.iter().zip(&new.params) {
            let what = format!("{what}.{}", before.name);
            if before.out != after.out {
                self.say(true, &what, if after.out { "is an out pointer" } else { "is no out pointer" });
            }
            self.ty(&what, &before.ty, &after.ty, if before.out { way.back() } else { way });
            if before.name != after.name {
                self.say(false, what, format!("is called {}", after.name));
            }
        }
        match (&old.result, &new.result) {
            (Some(before), Some(after)) => self.ty(&format!("{what} ->"), before, after, way.back()),
            (None, None) => {}
            (None, Some(after)) => self.say(true, what, format!("returns {after}, was nothing")),
            (Some(before), None) => self.say(true, what, format!("returns nothing, was {before}")),
        }
    }

    fn ty(&mut self, what: &str, old: &Type, new: &Type, way: Way) {
        if old == new {
            return;
        }
        let breaking = types::compare(old, new, way);
        let why = match (breaking, way) {
            (None, _) | (_, Way::Both) => "",
            (Some(true), Way::Receive) => ", so that hosts may receive null",
            (Some(true), Way::Give) => ", so that hosts may no longer give null",
            (Some(false), Way::Receive) => ", so that hosts no longer receive null",
            (Some(false), Way::Give) => ", so that hosts may give null",
        };
        self.say(breaking.unwrap_or(true), what, format!("is {new}, was {old}{why}"));
    }
}

/// What a case holds.
fn payload(case: &linmem_host::Case) -> String {
    case.payload.as_ref().map_or("nothing".into(), |(offset, ty)| format!("{ty} at {offset}"))
}

fn kind(decl: &Decl) -> &'static str {
    match decl {
        Decl::Struct(_) => "struct",
        Decl::Union(_) => "union",
        Decl::Tagged(_) => "tagged",
        Decl::Enum(_) => "enum",
        Decl::Sig(_) => "sig",
        Decl::Opaque => "opaque",
    }
}
