// What coordinator and worker say to each other: JSON lines.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "adapters/manual/manual_robot.h"
#include "core/model/trial.h"
#include "core/result.h"

namespace assay::harness {

// Requests: {"type":"load","lock":…} once, then {"type":"trial",…} one at a time, {"type":"exit"}.
// Replies:  {"type":"loaded","repeatable":bool}; per trial {"type":"begun","initial_state_digest":…} and then
//           {"type":"done",…}; {"type":"card",…} to {"type":"card", as a trial}, before a person's trial begins;
//           {"type":"failed","error":…} instead of any of them, when the session cannot go on.

struct TrialRequest {
  std::int64_t number = 0;
  std::string task;
  int level = 1, index = 0;
  std::string session_seed;
  std::string trace_path;                ///< where the worker writes the trace
  std::string live_path;                 ///< where it shows the trial while it runs (core/live_view.h); empty: nowhere
  std::optional<OperatorEntry> entry{};  ///< adapter `manual`: what was told of it
};
nlohmann::json to_json(const TrialRequest& request);
/// Throws json::exception on a malformed message.
TrialRequest trial_request_from(const nlohmann::json& message);

/// What a trial's end adds to its record, and where the trace is.
struct TrialReply {
  Verdict verdict;
  std::vector<MetricValue> metrics;
  std::string content_digest, trace_sha256, trace_path;
  bool replace = false;  ///< the worker leaves after this reply: a call is stuck, or the engine broke
};
nlohmann::json to_json(const TrialReply& reply);
TrialReply trial_reply_from(const nlohmann::json& message);

nlohmann::json to_json(const Error& error);
Error error_from(const nlohmann::json& message);

/// One message as a line.
std::string line_of(const nlohmann::json& message);

}  // namespace assay::harness
