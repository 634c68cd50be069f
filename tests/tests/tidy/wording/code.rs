//! Rules for names and doc comments, read from the syntax tree.

use std::collections::BTreeMap;

use syn::visit::{self, Visit};
use syn::{Attribute, Expr, Ident, Lit, Meta};

use super::breaks::{Breaks, Rule, note};
use super::terms::Terms;

/// The words with which no doc comment starts.
const INTERROGATIVES: [&str; 10] = [
    "How",
    "What",
    "When",
    "Where",
    "Whether",
    "Which",
    "Who",
    "Why",
    concat!("Who", "m"),
    concat!("Who", "se"),
];

/// Files and lines of the definitions of one name.
type Places<'a> = Vec<(&'a str, usize)>;

/// Notes every definition of a type name that its crate defines more than once.
///
/// A crate is the folder `src` of a package; of its tests and examples, each file is looked at
/// alone.
pub(crate) fn types_defined_twice(found: &mut Breaks, code: &BTreeMap<&str, Names>) {
    let mut crates: BTreeMap<&str, BTreeMap<&str, Places<'_>>> = BTreeMap::new();
    for (path, names) in code {
        let name = path.split_once("/src/").map_or(*path, |(package, _)| package);
        for (own, line) in &names.types {
            let places = crates.entry(name).or_default().entry(own).or_default();
            places.push((path, *line));
        }
    }
    for (name, places) in crates.values().flatten().filter(|(_, places)| places.len() > 1) {
        for (path, line) in places {
            note(found, Rule::Twice, path, *line, name);
        }
    }
}

/// The names and doc comments of a file, each with its line.
#[derive(Default)]
pub(crate) struct Names {
    types: Vec<(String, usize)>,
    variants: Vec<(String, usize)>,
    docs: Vec<(String, usize)>,
    /// True after a line of the doc comment that is being read.
    inside: bool,
}

impl Names {
    /// Parses a file.
    pub(crate) fn parse(path: &str, text: &str) -> Self {
        let mut names = Self::default();
        names.visit_file(&syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}")));
        names
    }

    /// Notes the doc comments and type names that break a rule.
    pub(crate) fn check(&self, found: &mut Breaks, path: &str, terms: &Terms) {
        for (name, line) in self.types.iter().chain(&self.variants) {
            if terms.types.contains(name) {
                note(found, Rule::Type, path, *line, name);
            }
        }
        for (text, line) in &self.docs {
            let first: String =
                text.trim().chars().take_while(|found| found.is_alphabetic()).collect();
            if INTERROGATIVES.contains(&first.as_str()) {
                note(found, Rule::Doc, path, *line, text);
            }
        }
    }

    fn add(&mut self, name: &Ident) {
        self.types.push((name.to_string(), name.span().start().line));
    }

    /// Keeps the first line of each doc comment among the attributes of one item.
    fn comments(&mut self, attributes: &[Attribute]) {
        self.inside = false;
        for attribute in attributes {
            let Meta::NameValue(pair) = &attribute.meta else { continue };
            if !pair.path.is_ident("doc") {
                continue;
            }
            if let Expr::Lit(literal) = &pair.value
                && let Lit::Str(text) = &literal.lit
                && !self.inside
            {
                self.docs.push((text.value(), text.span().start().line));
                self.inside = true;
            }
        }
    }
}

/// Visits the attributes of each node as a whole, since a comment is several of them.
macro_rules! with_comments {
    ($($method:ident: $node:ident),* $(,)?) => {
        $(fn $method(&mut self, node: &'ast syn::$node) {
            self.comments(&node.attrs);
            visit::$method(self, node);
        })*
    };
}

impl<'ast> Visit<'ast> for Names {
    with_comments! {
        visit_field: Field,
        visit_file: File,
        visit_foreign_item_fn: ForeignItemFn,
        visit_impl_item_const: ImplItemConst,
        visit_impl_item_fn: ImplItemFn,
        visit_impl_item_type: ImplItemType,
        visit_item_const: ItemConst,
        visit_item_fn: ItemFn,
        visit_item_impl: ItemImpl,
        visit_item_macro: ItemMacro,
        visit_item_mod: ItemMod,
        visit_item_static: ItemStatic,
        visit_item_use: ItemUse,
        visit_trait_item_const: TraitItemConst,
        visit_trait_item_fn: TraitItemFn,
        visit_trait_item_type: TraitItemType,
    }

    fn visit_item_enum(&mut self, node: &'ast syn::ItemEnum) {
        self.comments(&node.attrs);
        self.add(&node.ident);
        visit::visit_item_enum(self, node);
    }

    fn visit_item_struct(&mut self, node: &'ast syn::ItemStruct) {
        self.comments(&node.attrs);
        self.add(&node.ident);
        visit::visit_item_struct(self, node);
    }

    fn visit_item_trait(&mut self, node: &'ast syn::ItemTrait) {
        self.comments(&node.attrs);
        self.add(&node.ident);
        visit::visit_item_trait(self, node);
    }

    fn visit_item_type(&mut self, node: &'ast syn::ItemType) {
        self.comments(&node.attrs);
        self.add(&node.ident);
        visit::visit_item_type(self, node);
    }

    fn visit_item_union(&mut self, node: &'ast syn::ItemUnion) {
        self.comments(&node.attrs);
        self.add(&node.ident);
        visit::visit_item_union(self, node);
    }

    fn visit_variant(&mut self, node: &'ast syn::Variant) {
        self.comments(&node.attrs);
        self.variants.push((node.ident.to_string(), node.ident.span().start().line));
        visit::visit_variant(self, node);
    }
}
