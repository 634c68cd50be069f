//! The modules of a workspace: which items each defines, imports and names.

pub(crate) mod graph;
mod tokens;
mod uses;

use std::collections::{BTreeMap, BTreeSet};

use syn::{Item, ItemMod, Meta};

use uses::{Collector, Import, Reference};

/// A module of one target, inline or in a file.
#[derive(Default)]
pub(crate) struct Module {
    /// `crate::path` in a library; elsewhere the file, which several tests may share, and the path
    /// inside it.
    pub(crate) name: String,
    file: String,
    parent: Option<usize>,
    root: usize,
    children: BTreeMap<String, usize>,
    /// True below `#[cfg(test)]`.
    pub(crate) is_test: bool,
    items: BTreeSet<String>,
    imports: Vec<Import>,
    references: Vec<Reference>,
}

/// Every module of every target.
#[derive(Default)]
pub(crate) struct Workspace {
    pub(crate) modules: Vec<Module>,
    /// From the name of a library to its root.
    libraries: BTreeMap<String, usize>,
    /// From the name of a macro to the modules that define one.
    macros: BTreeMap<String, BTreeSet<usize>>,
}

/// The files of a module.
#[derive(Clone)]
struct Place {
    file: String,
    /// The folder of the files of its children.
    children: String,
}

/// A name may be an item and a module at once.
#[derive(Clone, Copy, Default)]
struct Found {
    /// The module that defines the item.
    item: Option<usize>,
    module: Option<usize>,
}

impl Workspace {
    /// Loads the targets of every package among these files.
    pub(crate) fn load(sources: &BTreeMap<String, String>) -> Self {
        let mut workspace = Self::default();
        for (path, manifest) in sources {
            let Some(folder) = path.strip_suffix("Cargo.toml") else { continue };
            let Some(package) = package_name(manifest) else { continue };
            for file in sources.keys() {
                let Some(inner) = file.strip_prefix(folder) else { continue };
                let Some(target) = target(inner) else { continue };
                let name = match target {
                    Target::Library => package.replace('-', "_"),
                    Target::Other => name_of(file),
                };
                let children = folder_of(file).to_owned();
                let place = Place { file: file.clone(), children };
                let root = workspace.add(name.clone(), &place.file, None);
                workspace.read_file(root, &place, sources);
                if target == Target::Library {
                    workspace.libraries.insert(name, root);
                }
            }
        }
        workspace
    }

    fn add(&mut self, name: String, file: &str, parent: Option<usize>) -> usize {
        let index = self.modules.len();
        let root = parent.map_or(index, |parent| self.modules[parent].root);
        let file = file.to_owned();
        self.modules.push(Module { name, file, parent, root, ..Module::default() });
        index
    }

    fn read_file(&mut self, module: usize, place: &Place, sources: &BTreeMap<String, String>) {
        let file = syn::parse_file(&sources[&place.file])
            .unwrap_or_else(|error| panic!("{}: {error}", place.file));
        self.read_items(module, place, &file.items, sources);
    }

    fn read_items(
        &mut self,
        module: usize,
        place: &Place,
        items: &[Item],
        sources: &BTreeMap<String, String>,
    ) {
        let mut collector = Collector::default();
        for item in items {
            match item {
                Item::Mod(child) => self.read_child(module, place, child, sources),
                Item::Macro(definition) if definition.ident.is_some() => {
                    let name = definition.ident.as_ref().unwrap().to_string();
                    self.macros.entry(name.clone()).or_default().insert(module);
                    if definition.attrs.iter().any(|found| found.path().is_ident("macro_export")) {
                        let root = self.modules[module].root;
                        if root != module {
                            let path = self.path_of(module, &name);
                            self.modules[root].imports.push(Import::re_export(&name, path));
                        }
                    }
                    self.modules[module].items.insert(name);
                    collector.item(item);
                }
                _ => {
                    self.modules[module].items.extend(defined_name(item));
                    collector.item(item);
                }
            }
        }
        let found = &mut self.modules[module];
        found.imports.append(&mut collector.imports);
        found.references.append(&mut collector.references);
    }

    fn read_child(
        &mut self,
        parent: usize,
        place: &Place,
        child: &ItemMod,
        sources: &BTreeMap<String, String>,
    ) {
        let name = child.ident.to_string();
        let full = format!("{}::{name}", self.modules[parent].name);
        let earlier = self.modules[parent].children.get(&name).copied();
        let index = earlier.unwrap_or_else(|| self.add(full, &place.file, Some(parent)));
        self.modules[parent].children.insert(name.clone(), index);
        self.modules[index].is_test = self.modules[parent].is_test || is_test(child);
        let below = format!("{}{name}/", place.children);
        if let Some((_, items)) = &child.content {
            let place = Place { file: place.file.clone(), children: below };
            self.read_items(index, &place, items, sources);
            return;
        }
        let found = match path_attribute(child) {
            Some(path) => {
                let file = normal(&format!("{}{path}", folder_of(&place.file)));
                Place { children: folder_of(&file).to_owned(), file }
            }
            None => {
                let file = format!("{}{name}.rs", place.children);
                let file =
                    if sources.contains_key(&file) { file } else { format!("{below}mod.rs") };
                Place { children: below, file }
            }
        };
        assert!(
            sources.contains_key(&found.file),
            "{} declares {name}, which has no file",
            place.file
        );
        self.modules[index].file.clone_from(&found.file);
        if self.modules[parent].name.contains('/') {
            self.modules[index].name = name_of(&found.file);
        }
        self.read_file(index, &found, sources);
    }

    /// The path of a module's item from the root of its crate.
    fn path_of(&self, module: usize, item: &str) -> Vec<String> {
        let mut path = vec![item.to_owned()];
        let mut at = module;
        while let Some(parent) = self.modules[at].parent {
            let children = &self.modules[parent].children;
            path.extend(
                children.iter().find(|&(_, &child)| child == at).map(|(name, _)| name.clone()),
            );
            at = parent;
        }
        path.push("crate".to_owned());
        path.reverse();
        path
    }

    /// Each use of another module's item, with the first place that shows it.
    pub(crate) fn edges(&self) -> BTreeMap<(usize, usize), String> {
        let mut edges = BTreeMap::new();
        for (from, module) in self.modules.iter().enumerate() {
            let mut add = |to: usize, line: usize, path: &[String]| {
                if to != from {
                    let place = format!("{}:{line}: {}", module.file, path.join("::"));
                    edges.entry((from, to)).or_insert(place);
                }
            };
            for reference in &module.references {
                let found = if reference.is_macro {
                    self.resolve_macro(from, &reference.path)
                } else {
                    let found = self.resolve(from, &reference.path);
                    // The module in `with = "…"` gives its functions without naming them.
                    if reference.is_quoted { found.item.or(found.module) } else { found.item }
                };
                found.into_iter().for_each(|to| add(to, reference.line, &reference.path));
            }
            for import in &module.imports {
                let found = self.resolve(from, &import.path);
                let to = if import.is_glob {
                    found.item.or(found.module.filter(|&to| self.defines_items(to)))
                } else {
                    found.item
                };
                if let Some(to) = to
                    && !(import.is_public && self.is_below(to, from))
                {
                    add(to, import.line, &import.path);
                }
            }
        }
        edges
    }

    /// The paths from `crate`, `self` or `super` that lead nowhere: each would be a blind spot.
    pub(crate) fn unresolved(&self) -> Vec<String> {
        let mut lost = Vec::new();
        for (from, module) in self.modules.iter().enumerate() {
            let paths =
                module.references.iter().map(|found| (&found.path, found.line, found.is_macro));
            let imports = module.imports.iter().map(|found| (&found.path, found.line, false));
            for (path, line, is_macro) in paths.chain(imports) {
                let local = ["crate", "self", "super"].contains(&path[0].as_str());
                let found = self.resolve(from, path);
                if local && !is_macro && path.len() > 1 && found.item.or(found.module).is_none() {
                    lost.push(format!("{}:{line}: {}", module.file, path.join("::")));
                }
            }
        }
        lost
    }

    /// True if a module has items of its own, and is more than a list of other modules.
    fn defines_items(&self, module: usize) -> bool {
        !self.modules[module].items.is_empty()
    }

    /// The modules from the root of the crate down to a module.
    pub(crate) fn line(&self, module: usize) -> Vec<usize> {
        let mut line: Vec<usize> =
            std::iter::successors(Some(module), |&at| self.modules[at].parent).collect();
        line.reverse();
        line
    }

    /// The name of a module together with all that is below it.
    pub(crate) fn branch_name(&self, module: usize) -> String {
        let found = &self.modules[module];
        let inside = if found.children.values().all(|&child| self.modules[child].is_test) {
            ""
        } else {
            "::*"
        };
        format!("{}{inside}", found.name)
    }

    /// True if a module is a child of another one, or a child's child.
    fn is_below(&self, module: usize, above: usize) -> bool {
        let mut parents = std::iter::successors(self.modules[module].parent, |&parent| {
            self.modules[parent].parent
        });
        parents.any(|parent| parent == above)
    }

    fn resolve(&self, from: usize, path: &[String]) -> Found {
        self.follow(from, path, &mut BTreeSet::new())
    }

    /// The module of a macro: by its path, by the text above the call, or anywhere in the crate.
    fn resolve_macro(&self, from: usize, path: &[String]) -> Option<usize> {
        let found = self.resolve(from, path).item;
        let [name] = path else { return found };
        let root = self.modules[from].root;
        let above = std::iter::successors(Some(from), |&module| self.modules[module].parent);
        let definitions = self.macros.get(name);
        found.or_else(|| {
            let definitions = definitions?;
            above.into_iter().find(|module| definitions.contains(module)).or_else(|| {
                definitions.iter().copied().find(|&module| self.modules[module].root == root)
            })
        })
    }

    fn follow(&self, from: usize, path: &[String], seen: &mut Seen) -> Found {
        let mut rest = path.iter();
        let Some(first) = rest.next() else { return Found::default() };
        let mut found = match first.as_str() {
            "crate" => Found { module: Some(self.modules[from].root), item: None },
            "self" => Found { module: Some(from), item: None },
            "super" => Found { module: self.modules[from].parent, item: None },
            name => {
                let local = self.find(from, name, seen);
                if local.item.or(local.module).is_some() {
                    local
                } else {
                    Found { module: self.libraries.get(name).copied(), item: None }
                }
            }
        };
        for name in rest {
            found = match (found.module, name.as_str()) {
                (Some(module), "super") => {
                    Found { module: self.modules[module].parent, item: None }
                }
                (Some(module), "self") => Found { module: Some(module), item: None },
                (Some(module), name) => {
                    let inner = self.find(module, name, seen);
                    // A type and a module may share a name; what the module lacks is the type's.
                    if inner.item.or(inner.module).is_none() {
                        Found { item: found.item, module: None }
                    } else {
                        inner
                    }
                }
                // A variant, an associated function or constant belongs to its type.
                (None, _) => return found,
            };
        }
        found
    }

    /// Finds a name as code in a module sees it.
    fn find(&self, module: usize, name: &str, seen: &mut Seen) -> Found {
        if !seen.insert((module, name.to_owned())) {
            return Found::default();
        }
        let inside = &self.modules[module];
        let mut found = Found {
            item: inside.items.contains(name).then_some(module),
            module: inside.children.get(name).copied(),
        };
        for import in inside.imports.iter().filter(|import| import.name == name) {
            let other = self.follow(module, &import.path, seen);
            found.item = found.item.or(other.item);
            found.module = found.module.or(other.module);
        }
        if found.item.or(found.module).is_none() {
            for import in inside.imports.iter().filter(|import| import.is_glob) {
                let Some(opened) = self.follow(module, &import.path, seen).module else { continue };
                let other = self.find(opened, name, seen);
                found.item = found.item.or(other.item);
                found.module = found.module.or(other.module);
            }
        }
        seen.remove(&(module, name.to_owned()));
        found
    }
}

/// The names that are being looked up, so that imports in a ring end.
type Seen = BTreeSet<(usize, String)>;

/// The name of the package that a manifest describes, if it describes one.
fn package_name(manifest: &str) -> Option<String> {
    let package = manifest.split("[package]").nth(1)?;
    let name = package.lines().find_map(|line| line.strip_prefix("name = "))?;
    Some(name.trim_matches('"').to_owned())
}

#[derive(PartialEq)]
enum Target {
    Library,
    /// A program, a test, an example, a benchmark or a build script.
    Other,
}

/// The target that a file of a package is the root of.
fn target(path: &str) -> Option<Target> {
    match path.split('/').collect::<Vec<_>>()[..] {
        ["src", "lib.rs"] => Some(Target::Library),
        ["src", "main.rs"]
        | ["build.rs"]
        | ["src", "bin", _, "main.rs"]
        | ["tests" | "examples" | "benches", _, "main.rs"] => Some(Target::Other),
        ["src", "bin", name] | ["tests" | "examples" | "benches", name]
            if name.ends_with(".rs") =>
        {
            Some(Target::Other)
        }
        _ => None,
    }
}

/// The name of a module outside a library: its file.
fn name_of(file: &str) -> String {
    file.trim_end_matches(".rs").trim_end_matches("/mod").to_owned()
}

/// The folder of a file, with the slash at its end.
fn folder_of(file: &str) -> &str {
    file.rfind('/').map_or("", |end| &file[..=end])
}

/// A path without its steps upwards.
fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// True if a module exists in unit tests only.
fn is_test(module: &ItemMod) -> bool {
    module.attrs.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        _ => false,
    })
}

/// The file that `#[path = "…"]` names.
fn path_attribute(module: &ItemMod) -> Option<String> {
    module.attrs.iter().find_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
            syn::Expr::Lit(literal) => match &literal.lit {
                syn::Lit::Str(text) => Some(text.value()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    })
}

/// The name that an item brings into its module.
fn defined_name(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::TraitAlias(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}
