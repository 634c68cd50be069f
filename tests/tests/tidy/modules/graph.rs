//! Groups of modules that reach each other.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::Workspace;

/// Modules that all reach each other, with the uses between them.
pub(crate) struct Circle {
    pub(crate) modules: BTreeSet<String>,
    /// From `from -> to` to the first place that shows it.
    pub(crate) uses: BTreeMap<String, String>,
}

impl fmt::Display for Circle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "circle of {} modules: {:?}", self.modules.len(), self.modules)?;
        for (edge, place) in &self.uses {
            writeln!(f, "    {edge}    ({place})")?;
        }
        Ok(())
    }
}

/// The circles of a workspace: of single modules, and of modules with all that is below them
/// where those are not among the former.
pub(crate) fn circles(workspace: &Workspace) -> Vec<Circle> {
    let edges = workspace.edges();
    let mut found = groups(&edges, |module| workspace.modules[module].name.clone());
    let single: Vec<BTreeSet<String>> = found.iter().map(|circle| circle.modules.clone()).collect();
    let mut branches: BTreeMap<usize, Edges> = BTreeMap::new();
    for (&(from, to), place) in &edges {
        if let Some((parent, from, to)) = fork(workspace, from, to) {
            branches.entry(parent).or_default().entry((from, to)).or_insert_with(|| place.clone());
        }
    }
    for edges in branches.values() {
        for circle in groups(edges, |module| workspace.branch_name(module)) {
            let plain = |name: &String| name.trim_end_matches("::*").to_owned();
            let modules: BTreeSet<String> = circle.modules.iter().map(plain).collect();
            if !single.iter().any(|known| modules.is_subset(known)) {
                found.push(circle);
            }
        }
    }
    found
}

/// From a module and one that it uses to the first place that shows it.
type Edges = BTreeMap<(usize, usize), String>;

/// The module above both ends of a use, and its children that hold one end each.
/// None if one end is above the other, if they are of two crates, or if a unit test uses something.
fn fork(workspace: &Workspace, from: usize, to: usize) -> Option<(usize, usize, usize)> {
    if workspace.modules[from].is_test {
        return None;
    }
    let (from, to) = (workspace.line(from), workspace.line(to));
    let at = from.iter().zip(&to).position(|(from, to)| from != to)?;
    Some((from[at.checked_sub(1)?], from[at], to[at]))
}

/// The strongly connected groups of two and more modules.
fn groups(edges: &Edges, name: impl Fn(usize) -> String) -> Vec<Circle> {
    let mut next: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for &(from, to) in edges.keys() {
        next.entry(from).or_default().insert(to);
    }
    let reached: BTreeMap<usize, BTreeSet<usize>> =
        next.keys().map(|&start| (start, reachable(&next, start))).collect();
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for (&start, others) in &reached {
        let group: BTreeSet<usize> = others
            .iter()
            .copied()
            .filter(|other| reached.get(other).is_some_and(|back| back.contains(&start)))
            .chain([start])
            .collect();
        let names: BTreeSet<String> = group.iter().map(|&module| name(module)).collect();
        // Tests that share a file share its circle.
        if group.len() < 2 || !seen.insert(names.clone()) {
            continue;
        }
        let inside =
            edges.iter().filter(|((from, to), _)| group.contains(from) && group.contains(to));
        let uses = inside
            .map(|(&(from, to), place)| (format!("{} -> {}", name(from), name(to)), place.clone()))
            .collect();
        found.push(Circle { modules: names, uses });
    }
    found
}

/// The modules that one module uses, directly or through others.
fn reachable(next: &BTreeMap<usize, BTreeSet<usize>>, start: usize) -> BTreeSet<usize> {
    let mut seen = BTreeSet::new();
    let mut open = vec![start];
    while let Some(module) = open.pop() {
        for &used in next.get(&module).into_iter().flatten() {
            if seen.insert(used) {
                open.push(used);
            }
        }
    }
    seen
}
