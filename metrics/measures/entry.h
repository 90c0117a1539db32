// One measure as a row of a table. Not for other rooms.
#pragma once

#include "metrics/measures/catalogue.h"

namespace assay::metrics {

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
  MeasureEntry out;
  out.spec.id = row.id;
  out.spec.unit = row.unit;
  out.spec.direction = row.direction;
  out.spec.vantage = vantage;
  out.spec.title = {row.title_en, row.title_zh};
  out.spec.definition = {row.definition_en, row.definition_zh};
  out.spec.clause = row.clause;
  out.spec.undefined_when = {row.undefined_en, row.undefined_zh};
  out.kind = row.kind;
  out.member = row.member;
  return out;
}

}  // namespace assay::metrics
