//! From a policy and a table to hierarchies, leaves and models.

use std::path::Path;

use super::hierarchy::{self, Hierarchy, draft};
use super::models::{Distance, Models, Sensitive};
use super::policy::{DistanceKind, HierarchySource, Privacy, Unlisted};
use super::search::Attribute;
use super::table::{Column, Table};
use super::{Error, Result, load};

/// Everything that the search and the other models need.
#[derive(Debug)]
pub struct Prepared {
    /// The quasi-identifiers.
    pub attributes: Vec<Attribute>,
    /// Where each attribute's hierarchy comes from, for the report.
    pub sources: Vec<String>,
    /// Positions of the sensitive columns.
    pub sensitive: Vec<usize>,
    /// What every class must satisfy.
    pub models: Models,
    /// The register, with the positions of the quasi-identifiers.
    pub population: Option<(Table, Vec<usize>)>,
}

/// Resolves a policy against a table. Relative paths of hierarchies are taken from `base`.
///
/// # Errors
/// Where a column is missing, a hierarchy cannot be read or does not list a value, or a setting makes no sense.
pub fn prepare(table: &Table, privacy: &Privacy, base: &Path) -> Result<Prepared> {
    privacy.check()?;
    if privacy.quasi.is_empty() {
        return Err(Error::setting(
            "[privacy] quasi names no column; `qupia assess` proposes quasi-identifiers to choose from",
        ));
    }
    for name in privacy.hierarchies.keys().chain(privacy.weights.keys()) {
        table.position(name)?;
    }
    let population = match &privacy.population {
        None => None,
        Some(path) => {
            let register = load::load(&base.join(path))?.table;
            let at = privacy.quasi.iter().map(|q| register.position(q)).collect::<Result<Vec<_>>>()?;
            Some((register, at))
        }
    };
    let (mut attributes, mut sources) = (Vec::new(), Vec::new());
    for (i, name) in privacy.quasi.iter().enumerate() {
        let at = table.position(name)?;
        let column = &table.columns[at];
        let (mut hierarchy, source) = source(column, privacy.hierarchies.get(name), base)?;
        let to_root = privacy.unlisted == Unlisted::Root
            || !matches!(privacy.hierarchies.get(name), Some(HierarchySource::File(_)));
        let leaf = hierarchy.leaves_of(column, to_root)?;
        // A register may hold values that the table does not; they take part in no class of the table below the top.
        let population_leaf = match &population {
            Some((register, at)) => hierarchy.leaves_of(&register.columns[at[i]], true)?,
            None => Vec::new(),
        };
        let weight = privacy.weights.get(name).copied().unwrap_or(1.0);
        let mut attribute = Attribute::new(table, at, hierarchy, leaf, weight);
        attribute.population_leaf = population_leaf;
        attributes.push(attribute);
        sources.push(source);
    }
    let sensitive = privacy.sensitive.iter().map(|s| table.position(s)).collect::<Result<Vec<_>>>()?;
    let asked = privacy.l.is_some() || privacy.t.is_some();
    let models = Models {
        k: privacy.k,
        k_map: privacy.k_map,
        presence: privacy.presence.map(|[low, high]| (low, high)),
        sensitive: match asked {
            true => sensitive
                .iter()
                .map(|at| demand(&table.columns[*at], privacy, base))
                .collect::<Result<_>>()?,
            false => Vec::new(),
        },
    };
    Ok(Prepared {
        attributes,
        sources,
        sensitive: if asked { sensitive } else { Vec::new() },
        models,
        population,
    })
}

fn source(column: &Column, from: Option<&HierarchySource>, base: &Path) -> Result<(Hierarchy, String)> {
    match from {
        Some(HierarchySource::File(path)) => {
            Ok((hierarchy::read(&base.join(path), &column.name)?, path.display().to_string()))
        }
        Some(HierarchySource::Builtin(builtin)) => {
            let name =
                serde_json::to_value(builtin).ok().and_then(|v| Some(v.get("builtin")?.as_str()?.to_owned()));
            Ok((builtin.hierarchy(column)?, format!("builtin {}", name.unwrap_or_default())))
        }
        None => {
            let draft = draft(column);
            Ok((draft.hierarchy, format!("drafted as {}", draft.kind)))
        }
    }
}

fn demand(column: &Column, privacy: &Privacy, base: &Path) -> Result<Sensitive> {
    let distance = match privacy.distance {
        DistanceKind::Equal => Distance::Equal,
        DistanceKind::Ordered => Distance::Ordered { rank: rank(column) },
        DistanceKind::Hierarchical => {
            let Some(from) = privacy.hierarchies.get(&column.name) else {
                return Err(Error::setting(format!(
                    "[privacy] the hierarchical distance needs a hierarchy of column {}",
                    column.name
                )));
            };
            let (mut hierarchy, _) = source(column, Some(from), base)?;
            let leaf = hierarchy.leaves_of(column, privacy.unlisted == Unlisted::Root)?;
            Distance::Hierarchical { hierarchy: Box::new(hierarchy), leaf }
        }
    };
    Ok(Sensitive {
        name: column.name.clone(),
        totals: column.counts(),
        diversity: privacy.l.map(|l| l.parts()),
        closeness: privacy.t,
        distance,
    })
}

/// The place of each code among the column's values: numbers by size where all are numbers, else by alphabet.
pub fn rank(column: &Column) -> Vec<u32> {
    let numbers: Option<Vec<f64>> =
        column.values.iter().map(|v| v.trim().parse::<f64>().ok().filter(|n| n.is_finite())).collect();
    let mut order: Vec<usize> = (0..column.values.len()).collect();
    match numbers {
        Some(n) => order.sort_by(|a, b| n[*a].total_cmp(&n[*b])),
        None => order.sort_by(|a, b| column.values[*a].cmp(&column.values[*b])),
    }
    let mut rank = vec![0; order.len()];
    order.iter().enumerate().for_each(|(place, code)| rank[*code] = place as u32);
    rank
}
