//! The walk over a parse tree.
//!
//! The tree is of a caller's making. So it is walked without recursion, by a list of what is still to be looked at: it
//! takes no stack, can be cancelled at each node, and no error has to find its way out of thousands of calls. (It did:
//! each call from Postgres into Rust catches an error and raises it anew, with all that it carries.)

use super::lineage::{of_statement, Created, Lineage};
use super::tree::{function_name, list, relation, string_value, text};
use crate::error::{Captured, DfaError, Result};
use crate::pg_compat::{raw_expression_tree_walker, returning, returning_of_merge};
use pgrx::pg_sys::{self, NodeTag};
use pgrx::prelude::*;
use std::ffi::c_void;

/// Deeper than any statement that Postgres could run, at the default of max_stack_depth.
const MAX_LEVELS: usize = 10_000;

/// What is still to be done, the next one last.
enum Work {
    /// A part of the tree, and how deep it lies.
    Node(*mut pg_sys::Node, usize),
    /// A table that the statement around writes.
    Target(*mut pg_sys::RangeVar),
    /// A SELECT whose CTEs have been looked at.
    Select(*mut pg_sys::SelectStmt),
    /// The name of a CTE, in sight from here on.
    Cte(String),
    /// The statement ends: so many CTEs are in sight after it.
    Forget(usize),
}

/// What a statement touches, as far as it has been looked at.
#[derive(Default)]
pub struct Collector {
    pub found: Lineage,
    /// Names of the CTEs in sight, innermost last.
    ctes: Vec<String>,
    open: Vec<Work>,
    /// What the node under way leads to, in its order.
    next: Vec<Work>,
    depth: usize,
}

/// Called for each child of a node; `next` is the list of a collector.
#[pg_guard]
unsafe extern "C-unwind" fn remember_child(node: *mut pg_sys::Node, next: *mut c_void) -> bool {
    // SAFETY: the list that `children` passed.
    unsafe { (*next.cast::<Vec<*mut pg_sys::Node>>()).push(node) };
    false
}

impl Collector {
    /// Looks at a tree and all that is in it.
    pub unsafe fn walk(&mut self, tree: *mut pg_sys::Node) -> Result<()> {
        self.open.push(Work::Node(tree, 0));
        while let Some(work) = self.open.pop() {
            pgrx::check_for_interrupts!();
            match work {
                Work::Node(_, depth) if depth > MAX_LEVELS => return Err(too_deep()),
                Work::Node(node, depth) => {
                    self.depth = depth;
                    unsafe { self.visit(node) };
                }
                Work::Target(range) => unsafe { self.target(range) },
                Work::Select(select) => unsafe { self.select(select) },
                Work::Cte(name) => self.ctes.push(name),
                Work::Forget(scope) => self.ctes.truncate(scope),
            }
            self.open.extend(self.next.drain(..).rev());
        }
        Ok(())
    }

    /// What lies within the node under way comes next.
    fn then<T>(&mut self, node: *mut T) {
        if !node.is_null() {
            self.next.push(Work::Node(node.cast(), self.depth + 1));
        }
    }

    unsafe fn visit(&mut self, node: *mut pg_sys::Node) {
        let scope = self.ctes.len();
        unsafe {
            match (*node).type_ {
                NodeTag::T_RangeVar => self.source(node.cast()),
                NodeTag::T_FuncCall => {
                    self.function((*node.cast::<pg_sys::FuncCall>()).funcname);
                    self.children(node);
                }
                // The statement that owns it has walked it already, with the right names in sight.
                NodeTag::T_WithClause => {}
                NodeTag::T_SelectStmt => {
                    let select = node.cast::<pg_sys::SelectStmt>();
                    self.with((*select).withClause);
                    self.next.push(Work::Select(select));
                    self.children(node);
                    self.next.push(Work::Forget(scope));
                }
                NodeTag::T_InsertStmt => {
                    let insert = &*node.cast::<pg_sys::InsertStmt>();
                    self.with(insert.withClause);
                    self.next.push(Work::Target(insert.relation));
                    self.then(insert.selectStmt);
                    self.then(insert.onConflictClause);
                    self.then(returning!(insert));
                    self.next.push(Work::Forget(scope));
                }
                NodeTag::T_UpdateStmt => {
                    let update = &*node.cast::<pg_sys::UpdateStmt>();
                    self.with(update.withClause);
                    self.next.push(Work::Target(update.relation));
                    self.then(update.targetList);
                    self.then(update.fromClause);
                    self.then(returning!(update));
                    self.then(update.whereClause);
                    self.next.push(Work::Forget(scope));
                }
                NodeTag::T_DeleteStmt => {
                    let delete = &*node.cast::<pg_sys::DeleteStmt>();
                    self.with(delete.withClause);
                    self.next.push(Work::Target(delete.relation));
                    self.then(delete.usingClause);
                    self.then(delete.whereClause);
                    self.then(returning!(delete));
                    self.next.push(Work::Forget(scope));
                }
                NodeTag::T_MergeStmt => {
                    let merge = &*node.cast::<pg_sys::MergeStmt>();
                    self.with(merge.withClause);
                    self.next.push(Work::Target(merge.relation));
                    self.then(merge.sourceRelation);
                    self.then(merge.joinCondition);
                    self.then(merge.mergeWhenClauses);
                    self.then(returning_of_merge(merge));
                    self.next.push(Work::Forget(scope));
                }
                _ => self.utility(node),
            }
        }
    }

    unsafe fn select(&mut self, select: *mut pg_sys::SelectStmt) {
        unsafe {
            if let Some(into) = (*select).intoClause.as_ref() {
                self.target(into.rel);
            }
        }
        if self.found.creates.is_none() && self.found.targets.is_empty() && self.ctes.is_empty() {
            self.found.creates = Some(Created::Query);
        }
    }

    unsafe fn utility(&mut self, node: *mut pg_sys::Node) {
        unsafe {
            match (*node).type_ {
                NodeTag::T_CreateTableAsStmt => {
                    let create = &*node.cast::<pg_sys::CreateTableAsStmt>();
                    if create.objtype == pg_sys::ObjectType::OBJECT_MATVIEW {
                        self.found.creates = Some(Created::MaterializedView(relation((*create.into).rel)));
                    }
                    self.target((*create.into).rel);
                    self.then(create.query);
                }
                NodeTag::T_ViewStmt => {
                    let view = &*node.cast::<pg_sys::ViewStmt>();
                    self.found.creates = Some(Created::View(relation(view.view)));
                    self.target(view.view);
                    self.then(view.query);
                }
                NodeTag::T_RefreshMatViewStmt => {
                    self.target((*node.cast::<pg_sys::RefreshMatViewStmt>()).relation)
                }
                NodeTag::T_TruncateStmt => {
                    for table in list((*node.cast::<pg_sys::TruncateStmt>()).relations) {
                        self.target(table.cast());
                    }
                }
                NodeTag::T_CreateFunctionStmt => {
                    self.create_function(&*node.cast::<pg_sys::CreateFunctionStmt>())
                }
                // Of a statement itself; what the raw walker does not know within one is an error, and no gap.
                tag if self.depth == 0 && is_utility(tag) => {}
                _ => self.children(node),
            }
        }
    }

    /// A function in SQL is read like the statements of its body; one in another language keeps its secret.
    unsafe fn create_function(&mut self, create: &pg_sys::CreateFunctionStmt) {
        unsafe {
            self.found.creates = function_name(create.funcname).map(Created::Function);
            let mut language = None;
            let mut body = None;
            for option in list(create.options) {
                let option = &*option.cast::<pg_sys::DefElem>();
                match text(option.defname).as_deref() {
                    Some("language") => language = string_value(option.arg),
                    Some("as") => {
                        body = list(option.arg.cast()).first().and_then(|first| string_value(first.cast()))
                    }
                    _ => {}
                }
            }
            if language.is_some_and(|language| language.eq_ignore_ascii_case("sql")) {
                if let Some(Ok(inner)) = body.map(|body| of_statement(&body)) {
                    self.found.sources.extend(inner.sources);
                    self.found.sources.extend(inner.targets);
                    self.found.functions.extend(inner.functions);
                }
            }
        }
    }

    /// Each CTE sees those before it; with RECURSIVE all of them.
    unsafe fn with(&mut self, clause: *mut pg_sys::WithClause) {
        unsafe {
            let Some(clause) = clause.as_ref() else { return };
            let ctes: Vec<&pg_sys::CommonTableExpr> =
                list(clause.ctes).into_iter().map(|cte| &*cte.cast::<pg_sys::CommonTableExpr>()).collect();
            if clause.recursive {
                self.ctes.extend(ctes.iter().filter_map(|cte| text(cte.ctename)));
            }
            for cte in ctes {
                self.then(cte.ctequery);
                if !clause.recursive {
                    self.next.extend(text(cte.ctename).map(Work::Cte));
                }
            }
        }
    }

    unsafe fn children(&mut self, node: *mut pg_sys::Node) {
        let mut found: Vec<*mut pg_sys::Node> = Vec::new();
        let context = (&raw mut found).cast::<c_void>();
        // SAFETY: the walker goes no deeper than the children; the boundary turns an error into a panic.
        unsafe {
            pg_sys::ffi::pg_guard_ffi_boundary(|| {
                raw_expression_tree_walker(node, Some(remember_child), context)
            })
        };
        found.into_iter().for_each(|child| self.then(child));
    }

    unsafe fn source(&mut self, range: *mut pg_sys::RangeVar) {
        let relation = unsafe { relation(range) };
        if relation.schema.is_some() || !self.ctes.contains(&relation.name) {
            self.found.sources.insert(relation);
        }
    }

    unsafe fn target(&mut self, range: *mut pg_sys::RangeVar) {
        if !range.is_null() {
            self.found.targets.insert(unsafe { relation(range) });
        }
    }

    unsafe fn function(&mut self, name: *mut pg_sys::List) {
        self.found.functions.extend(unsafe { function_name(name) });
    }
}

fn too_deep() -> DfaError {
    DfaError::Postgres(Box::new(Captured {
        sqlstate: "54001".to_owned(),
        message: format!("the statement is nested deeper than {MAX_LEVELS} levels"),
        hint: Some(
            "Make a list of a long chain: values, in (…) or any (array[…]) instead of or, concat(…) instead of ||, \
             a table instead of many union all."
                .to_owned(),
        ),
        ..Captured::default()
    }))
}

/// Statements that the raw walker does not know, and that carry no query.
fn is_utility(tag: NodeTag) -> bool {
    !matches!(
        tag,
        NodeTag::T_List
            | NodeTag::T_ResTarget
            | NodeTag::T_SubLink
            | NodeTag::T_RangeSubselect
            | NodeTag::T_RangeFunction
            | NodeTag::T_RangeTableSample
            | NodeTag::T_RangeTableFunc
            | NodeTag::T_RangeTableFuncCol
            | NodeTag::T_JoinExpr
            | NodeTag::T_A_Expr
            | NodeTag::T_A_Indirection
            | NodeTag::T_A_Indices
            | NodeTag::T_A_ArrayExpr
            | NodeTag::T_BoolExpr
            | NodeTag::T_CaseExpr
            | NodeTag::T_CaseWhen
            | NodeTag::T_CoalesceExpr
            | NodeTag::T_MinMaxExpr
            | NodeTag::T_NullTest
            | NodeTag::T_BooleanTest
            | NodeTag::T_RowExpr
            | NodeTag::T_TypeCast
            | NodeTag::T_CollateClause
            | NodeTag::T_SortBy
            | NodeTag::T_WindowDef
            | NodeTag::T_GroupingFunc
            | NodeTag::T_GroupingSet
            | NodeTag::T_LockingClause
            | NodeTag::T_MultiAssignRef
            | NodeTag::T_OnConflictClause
            | NodeTag::T_InferClause
            | NodeTag::T_IndexElem
            | NodeTag::T_NamedArgExpr
            | NodeTag::T_XmlExpr
            | NodeTag::T_XmlSerialize
            | NodeTag::T_ColumnRef
            | NodeTag::T_ParamRef
            | NodeTag::T_A_Const
            | NodeTag::T_SetToDefault
            | NodeTag::T_SQLValueFunction
            | NodeTag::T_CommonTableExpr
            | NodeTag::T_MergeWhenClause
    )
}
