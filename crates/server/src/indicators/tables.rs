//! Tables of indicators by place, as a page and as a workbook, straight from the figures.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::rules::{Rules, Table};
use rust_xlsxwriter::{Format, Workbook, XlsxError};

use super::number;
use crate::App;
use crate::authority::{Sight, View, sight};
use crate::lookup::Lookup;
use crate::places::known_place;
use crate::problems::{Answer, DoorCode, Refused};
use crate::query::{Asked, day};
use crate::roster::workbook::WORKBOOK;
use crate::sessions::Signed;
use crate::wire::figures::{
    TableColumn, TablePage, TableQuery, TableRef, TableRow, TableView, Tables,
};
use crate::wire::places::LedgerQuery;
use crate::wire::{Problem, Words};

/// How many rows a table has at most.
const ROWS_MAX: usize = 2000;

/// The tables of the packs in force in a ledger.
#[utoipa::path(
    get, path = "/api/tables", operation_id = "tables", tag = "figures", params(LedgerQuery),
    responses((status = 200, body = Tables), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn tables(
    State(app): State<Arc<App>>,
    signed: Signed,
    Asked(query): Asked<LedgerQuery>,
) -> Answer<Json<Tables>> {
    let mut lookup = Lookup::new(&app);
    let (ledger, head) = lookup.known_ledger(&signed, &query.ledger).await?;
    if sight(&signed.actor, View::Tables, &head.path, app.now()) < Sight::Figures {
        return Err(DoorCode::MayNotSee.into());
    }
    let rules = lookup.rules(&ledger).await?;
    let mut tables = Vec::new();
    for pack in &rules.packs {
        tables.extend(pack.tables.values().map(|table| TableRef {
            id: table.id.clone(),
            name: (&table.name).into(),
            department: (&table.department).into(),
            legal_basis: (&table.legal_basis).into(),
            pack: pack.id.to_string(),
        }));
    }
    Ok(Json(Tables { tables }))
}

/// A table with a row for each place below; with `.xlsx` after its id, as a workbook.
#[utoipa::path(
    get, path = "/api/tables/{id}", operation_id = "table", tag = "figures",
    params(("id" = String, Path), TableQuery),
    responses((status = 200, body = TablePage), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn table(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path(id): Path<String>,
    Asked(query): Asked<TableQuery>,
) -> Answer<Response> {
    let (id, as_workbook) = match id.strip_suffix(".xlsx") {
        Some(id) => (id.to_owned(), true),
        None => (id, false),
    };
    let page = page(&app, &signed, &id, &query).await?;
    if !as_workbook {
        return Ok(Json(page).into_response());
    }
    let bytes = workbook(&page).map_err(|error| Refused::internal(&error))?;
    let name = format!("attachment; filename=\"{id}-{}.xlsx\"", page.on.0);
    let head = [(header::CONTENT_TYPE, WORKBOOK.to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((head, bytes).into_response())
}

async fn page(app: &App, signed: &Signed, id: &str, query: &TableQuery) -> Answer<TablePage> {
    let mut lookup = Lookup::new(app);
    let on = day("on", query.on.as_deref(), app.today())?;
    let (ledger, place) = known_place(&mut lookup, signed, &query.place).await?;
    if sight(&signed.actor, View::Tables, &place.path, app.now()) < Sight::Figures {
        return Err(DoorCode::MayNotSee.into());
    }
    let rules = lookup.rules(&ledger).await?;
    let table =
        rules.packs.iter().find_map(|pack| pack.tables.get(id)).ok_or(DoorCode::NotFound)?;
    let children = app.reading.children(&place.id, ROWS_MAX).await?;
    let mut rows = Vec::with_capacity(children.len() + 1);
    for (_, child) in children {
        let values = values(app, table, &child.id, on).await?;
        rows.push(TableRow { place: child.id.to_string(), name: child.name, values, total: false });
    }
    let values = values(app, table, &place.id, on).await?;
    rows.push(TableRow {
        place: place.id.to_string(),
        name: place.name.clone(),
        values,
        total: true,
    });
    Ok(TablePage {
        table: table_view(&rules, table),
        rows,
        on: on.into(),
        as_of_seq: app.reading.last_seq(&ledger).await?,
        as_of: app.now().into(),
    })
}

/// The values of a row. A column of the day counts that day; any other counts all of them.
async fn values(
    app: &App,
    table: &Table,
    place: &domain::ids::PlaceId,
    on: jiff::civil::Date,
) -> Answer<Vec<f64>> {
    let of_day = app.reading.figures(place, on).await?;
    let sums = app.reading.figure_sums(place).await?;
    let values = table.columns.iter().map(|column| {
        let id = column.indicator.to_string();
        let found = if column.of_the_day { of_day.get(&(id, true)) } else { sums.get(&id) };
        number(found.copied().unwrap_or(0))
    });
    Ok(values.collect())
}

fn table_view(rules: &Rules, table: &Table) -> TableView {
    let columns = table.columns.iter().map(|column| {
        let rule = rules.indicators().find(|indicator| indicator.id == column.indicator);
        let id = column.indicator.as_str();
        TableColumn {
            id: id.to_owned(),
            name: rule.map_or_else(|| Words::new(id, id), |rule| (&rule.name).into()),
            unit: rule.and_then(|rule| rule.unit.as_ref()).map(Into::into),
            of_the_day: column.of_the_day,
        }
    });
    TableView {
        id: table.id.clone(),
        name: (&table.name).into(),
        department: (&table.department).into(),
        legal_basis: (&table.legal_basis).into(),
        columns: columns.collect(),
    }
}

/// The table as a workbook, with what it is, by what right, and of when.
fn workbook(page: &TablePage) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let (bold, total) = (
        Format::new().set_bold(),
        Format::new().set_bold().set_border_top(rust_xlsxwriter::FormatBorder::Thin),
    );
    let sheet = book.add_worksheet();
    let both = |words: &Words| format!("{} / {}", words.zh, words.en);
    sheet.write_with_format(0, 0, both(&page.table.name), &bold)?;
    sheet.write(1, 0, both(&page.table.department))?;
    sheet.write(2, 0, both(&page.table.legal_basis))?;
    sheet.write(3, 0, format!("{} · {} · #{}", page.on.0, page.as_of.0, page.as_of_seq))?;
    sheet.write_with_format(5, 0, "地点 / Place", &bold)?;
    sheet.set_column_width(0, 32)?;
    for (at, column) in (1..).zip(&page.table.columns) {
        sheet.write_with_format(5, at, both(&column.name), &bold)?;
        sheet.set_column_width(at, 22)?;
    }
    for (at, row) in (6..).zip(&page.rows) {
        if row.total {
            sheet.write_with_format(at, 0, &row.name, &total)?;
        } else {
            sheet.write(at, 0, &row.name)?;
        }
        for (column, value) in (1..).zip(&row.values) {
            if row.total {
                sheet.write_with_format(at, column, *value, &total)?;
            } else {
                sheet.write(at, column, *value)?;
            }
        }
    }
    sheet.set_freeze_panes(6, 1)?;
    book.save_to_buffer()
}
