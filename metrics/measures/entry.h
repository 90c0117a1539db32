// One measure as a row of a table. Not for other rooms.
#pragma once

#include "metrics/measures/catalogue.h"

namespace assay::metrics {

struct MeasureRow {
  const char* id;
  const char* unit;
  Direction direction;
  Vantage vantage;
  Text title, definition;
  const char* clause;
  Text undefined_when;
  const char *kind, *member;
};

inline MeasureEntry entry_of(const MeasureRow& row) {
  MeasureEntry out;
  out.spec.id = row.id;
  out.spec.unit = row.unit;
  out.spec.direction = row.direction;
  out.spec.vantage = row.vantage;
  out.spec.title = row.title;
  out.spec.definition = row.definition;
  out.spec.clause = row.clause;
  out.spec.undefined_when = row.undefined_when;
  out.kind = row.kind;
  out.member = row.member;
  return out;
}

/// The same as a table of literals, for families of one vantage.
struct EntryRow {
  const char* id;
  const char* unit;
  Direction direction;
  const char *title_en, *title_zh;
  const char *definition_en, *definition_zh;
  const char* clause;
  const char *undefined_en, *undefined_zh;
  const char *kind, *member;
};

inline MeasureEntry entry_of(const EntryRow& row, Vantage vantage) {
  return entry_of(MeasureRow{row.id,
                             row.unit,
                             row.direction,
                             vantage,
                             {row.title_en, row.title_zh},
                             {row.definition_en, row.definition_zh},
                             row.clause,
                             {row.undefined_en, row.undefined_zh},
                             row.kind,
                             row.member});
}

}  // namespace assay::metrics
