// Stable names of the enumerations that files, stores and reports carry.
#include "core/model/grade.h"
#include "core/model/trial.h"
#include "core/result.h"
#include "core/trace.h"

namespace assay {

std::string_view to_string(Vantage vantage) {
  switch (vantage) {
    case Vantage::simulator:
      return "simulator";
    case Vantage::instrument:
      return "instrument";
    case Vantage::self_report:
      return "self_report";
    case Vantage::operator_:
      return "operator";
  }
  ASSAY_CHECK(!"unknown vantage");
}

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::success:
      return "success";
    case Outcome::failure:
      return "failure";
    case Outcome::unsafe:
      return "unsafe";
    case Outcome::error:
      return "error";
    case Outcome::undetermined:
      return "undetermined";
    case Outcome::aborted:
      return "aborted";
  }
  ASSAY_CHECK(!"unknown outcome");
}

std::optional<Outcome> outcome_from(std::string_view name) {
  for (const auto outcome :
       {Outcome::success, Outcome::failure, Outcome::unsafe, Outcome::error, Outcome::undetermined, Outcome::aborted}) {
    if (to_string(outcome) == name) return outcome;
  }
  return std::nullopt;
}

std::string_view to_string(Conformity conformity) {
  switch (conformity) {
    case Conformity::conform:
      return "conform";
    case Conformity::inconclusive:
      return "inconclusive";
    case Conformity::not_conform:
      return "not_conform";
    case Conformity::not_tested:
      return "not_tested";
  }
  ASSAY_CHECK(!"unknown conformity");
}

}  // namespace assay
