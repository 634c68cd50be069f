//! The paths that the code of a module names.

use std::collections::BTreeSet;

use syn::visit::{self, Visit};
use syn::{Attribute, Block, Item, ItemUse, Macro, Meta, Path, UseTree, Visibility};

use super::tokens;

/// A path in code.
pub(crate) struct Reference {
    pub(crate) path: Vec<String>,
    pub(crate) line: usize,
    /// True for the name of a macro that is called.
    pub(crate) is_macro: bool,
    /// True for a path in a string of an attribute of serde.
    pub(crate) is_quoted: bool,
}

/// One name, or one glob, of a `use`.
pub(crate) struct Import {
    /// The name in the importing module; `_` for a trait without one, `*` for a glob.
    pub(crate) name: String,
    pub(crate) path: Vec<String>,
    pub(crate) line: usize,
    pub(crate) is_glob: bool,
    /// True for `pub use` of any visibility.
    pub(crate) is_public: bool,
}

impl Import {
    /// A name that is visible from outside.
    pub(crate) fn re_export(name: &str, path: Vec<String>) -> Self {
        Self { name: name.to_owned(), path, line: 0, is_glob: false, is_public: true }
    }
}

/// Collects the paths and imports of items.
#[derive(Default)]
pub(crate) struct Collector {
    pub(crate) references: Vec<Reference>,
    pub(crate) imports: Vec<Import>,
    /// The names that the functions around the visited code bind.
    bound: Vec<BTreeSet<String>>,
}

impl Collector {
    /// Collects what one item names.
    pub(crate) fn item(&mut self, item: &Item) {
        self.visit_item(item);
    }

    fn add(&mut self, path: Vec<String>, line: usize) {
        self.push(path, line, false, false);
    }

    fn push(&mut self, path: Vec<String>, line: usize, is_macro: bool, is_quoted: bool) {
        let local =
            path.len() == 1 && !is_macro && self.bound.iter().any(|names| names.contains(&path[0]));
        if !local && path[0] != "Self" {
            self.references.push(Reference { path, line, is_macro, is_quoted });
        }
    }

    fn tokens(&mut self, stream: &proc_macro2::TokenStream) {
        for found in tokens::paths(stream) {
            self.push(found.path, found.line, found.is_macro, false);
        }
    }

    fn within(&mut self, names: BTreeSet<String>, go: impl FnOnce(&mut Self)) {
        self.bound.push(names);
        go(self);
        self.bound.pop();
    }
}

impl<'ast> Visit<'ast> for Collector {
    fn visit_visibility(&mut self, _: &'ast Visibility) {}

    fn visit_path(&mut self, path: &'ast Path) {
        if path.leading_colon.is_none() {
            let names = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            let line = path.segments.first().map_or(0, |first| first.ident.span().start().line);
            self.add(names, line);
        }
        visit::visit_path(self, path);
    }

    fn visit_expr_path(&mut self, node: &'ast syn::ExprPath) {
        match &node.qself {
            // `<Type>::name`: the name belongs to the type.
            Some(own) if own.position == 0 => self.visit_qself(own),
            _ => visit::visit_expr_path(self, node),
        }
    }

    fn visit_type_path(&mut self, node: &'ast syn::TypePath) {
        match &node.qself {
            Some(own) if own.position == 0 => self.visit_qself(own),
            _ => visit::visit_type_path(self, node),
        }
    }

    fn visit_item_use(&mut self, node: &'ast ItemUse) {
        if node.leading_colon.is_none() {
            let is_public = !matches!(node.vis, Visibility::Inherited);
            flatten(&node.tree, &[], is_public, &mut self.imports);
        }
    }

    fn visit_item_macro(&mut self, node: &'ast syn::ItemMacro) {
        node.attrs.iter().for_each(|attribute| self.visit_attribute(attribute));
        if node.ident.is_some() {
            self.tokens(&node.mac.tokens);
        } else {
            self.visit_macro(&node.mac);
        }
    }

    fn visit_macro(&mut self, node: &'ast Macro) {
        if node.path.leading_colon.is_none() {
            let names = node.path.segments.iter().map(|found| found.ident.to_string()).collect();
            let line = node.path.segments[0].ident.span().start().line;
            self.push(names, line, true, false);
        }
        self.tokens(&node.tokens);
    }

    fn visit_attribute(&mut self, node: &'ast Attribute) {
        if let Meta::List(list) = &node.meta {
            self.tokens(&list.tokens);
            if node.path().is_ident("serde") {
                for (path, line) in tokens::quoted_paths(&list.tokens) {
                    self.push(path, line, false, true);
                }
            }
        }
    }

    fn visit_item_fn(&mut self, node: &'ast syn::ItemFn) {
        self.within(bound_in(Some(&node.block), &node.sig), |inner| {
            visit::visit_item_fn(inner, node);
        });
    }

    fn visit_impl_item_fn(&mut self, node: &'ast syn::ImplItemFn) {
        self.within(bound_in(Some(&node.block), &node.sig), |inner| {
            visit::visit_impl_item_fn(inner, node);
        });
    }

    fn visit_trait_item_fn(&mut self, node: &'ast syn::TraitItemFn) {
        self.within(bound_in(node.default.as_ref(), &node.sig), |inner| {
            visit::visit_trait_item_fn(inner, node);
        });
    }
}

/// The names that a function binds: arguments and variables, which are no items.
fn bound_in(block: Option<&Block>, signature: &syn::Signature) -> BTreeSet<String> {
    #[derive(Default)]
    struct Names(BTreeSet<String>);
    impl<'ast> Visit<'ast> for Names {
        fn visit_pat_ident(&mut self, node: &'ast syn::PatIdent) {
            let name = node.ident.to_string();
            // An upper-case name in a pattern is a constant or a variant.
            if name.starts_with(|first: char| first.is_lowercase() || first == '_') {
                self.0.insert(name);
            }
            visit::visit_pat_ident(self, node);
        }
    }
    let mut names = Names::default();
    names.visit_signature(signature);
    if let Some(block) = block {
        names.visit_block(block);
    }
    names.0
}

/// Turns the tree of a `use` into one import per name.
fn flatten(tree: &UseTree, before: &[String], is_public: bool, imports: &mut Vec<Import>) {
    let with = |name: &syn::Ident| {
        let mut path = before.to_vec();
        // `a::{self}` imports `a` itself.
        if name != "self" || before.is_empty() {
            path.push(name.to_string());
        }
        path
    };
    let mut push = |name: String, path: Vec<String>, line: usize, is_glob: bool| {
        if !path.is_empty() {
            imports.push(Import { name, path, line, is_glob, is_public });
        }
    };
    match tree {
        UseTree::Path(node) => {
            flatten(&node.tree, &with(&node.ident), is_public, imports);
        }
        UseTree::Name(node) => {
            let path = with(&node.ident);
            push(path.last().unwrap().clone(), path, node.ident.span().start().line, false);
        }
        UseTree::Rename(node) => {
            let line = node.ident.span().start().line;
            push(node.rename.to_string(), with(&node.ident), line, false);
        }
        UseTree::Glob(node) => {
            let line = node.star_token.spans[0].start().line;
            push("*".to_owned(), before.to_vec(), line, true);
        }
        UseTree::Group(node) => {
            node.items.iter().for_each(|item| flatten(item, before, is_public, imports));
        }
    }
}
