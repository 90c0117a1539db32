#include "metrics/programme.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "metrics/decision.h"
#include "metrics/evaluate.h"

namespace assay::metrics {

namespace {

using Json = nlohmann::json;
constexpr int kMostCycles = 1'000'000;

Error bad_programme(std::string found) {
  return Error{1006,
               {"the record's programme cannot be read", "无法读取记录中的运动程序"},
               {},
               {"a programme as the trial wrote it", "试验写入的运动程序"},
               std::move(found),
               {"use the record as it was stored", "请使用原始记录"}};
}

struct Track {
  std::vector<Vector3> position_m;
  std::vector<double> time_s;
  Vantage vantage = Vantage::simulator;
  std::string why;
};

/// Columns x y z (and qw … qz) of an entity; empty if it is not in the record.
std::vector<std::size_t> columns(const Stream& truth, const std::string& entity) {
  std::vector<std::size_t> out;
  for (const char* part : {".x_m", ".y_m", ".z_m", ".qw", ".qx", ".qy", ".qz"}) {
    const int index = truth.find(entity + part);
    if (index < 0) return {};
    out.push_back(static_cast<std::size_t>(index));
  }
  return out;
}

Vector3 at(const Stream& truth, std::size_t row, const std::vector<std::size_t>& c) {
  return {truth.row(row)[c[0]], truth.row(row)[c[1]], truth.row(row)[c[2]]};
}

Track track_of(const Trace& trace) {
  Track out;
  const auto* truth = trace.stream("/truth");
  if (truth == nullptr) {
    out.why = "no_stream:/truth";
    return out;
  }
  auto tool = columns(*truth, "robot.tcp");
  const auto base = columns(*truth, "robot.base");
  const bool planar = tool.empty();
  if (planar) tool = base;
  if (tool.empty()) {
    out.why = "no_channel:robot.tcp";
    return out;
  }
  out.vantage = truth->channels[tool[0]].vantage;
  const auto end = end_ns(trace);
  const auto rows = end ? rows_until(*truth, *end) : 0;
  if (rows == 0) {
    out.why = "no_samples";
    return out;
  }
  Vector3 origin{};
  std::array<double, 4> turn{1, 0, 0, 0};
  if (!base.empty()) {
    origin = at(*truth, 0, base);
    for (std::size_t k = 0; k < 4; ++k) turn[k] = truth->row(0)[base[3 + k]];
  }
  for (std::size_t i = 0; i < rows; ++i) {
    auto p = to_frame(turn, series::minus(at(*truth, i, tool), origin));
    if (planar) p[2] = 0;
    if (!std::isfinite(series::norm(p))) {
      out.why = "not_finite:robot.tcp";
      return out;
    }
    out.position_m.push_back(p);
    out.time_s.push_back(static_cast<double>(truth->t_ns[i] - truth->t_ns[0]) * 1e-9);
  }
  return out;
}

/// Rows [first, last) at which the part stands still.
struct Rest {
  std::size_t first = 0, last = 0;
};

std::vector<Rest> rests_of(const Track& track) {
  const auto& t = track.time_s;
  const auto n = t.size();
  std::vector<bool> still(n, false);
  std::size_t back = 0;
  for (std::size_t i = 0; i < n; ++i) {
    while (back + 1 < i && t[i] - t[back + 1] >= kSpan_s - series::kTimeSlack_s) ++back;
    const double span = t[i] - t[back];
    if (span < kSpan_s - series::kTimeSlack_s) continue;
    still[i] = series::distance(track.position_m[i], track.position_m[back]) < kRest_m_s * span;
  }
  std::vector<Rest> out;
  for (std::size_t i = 0; i < n;) {
    if (!still[i]) {
      ++i;
      continue;
    }
    Rest rest{i, i};
    while (rest.last < n && still[rest.last]) ++rest.last;
    // Standing where it stood from the beginning is no arrival.
    const bool arrived = t[rest.first] > kSpan_s + 0.5 * (kHold_s - kSpan_s);
    if (arrived && t[rest.last - 1] - t[rest.first] >= kHold_s - kSpan_s) out.push_back(rest);
    i = rest.last;
  }
  return out;
}

Visit measure(const Track& track, const Rest& rest) {
  Visit visit{{}, rest.first, rest.last};
  int n = 0;
  for (std::size_t i = rest.last; i-- > rest.first;) {
    if (track.time_s[rest.last - 1] - track.time_s[i] > kMeasure_s + series::kTimeSlack_s) break;
    for (std::size_t k = 0; k < 3; ++k) visit.position_m[k] += track.position_m[i][k];
    ++n;
  }
  for (auto& x : visit.position_m) x /= n;
  return visit;
}

}  // namespace

std::string to_json(const Programme& programme) {
  Json steps = Json::array();
  for (const auto& s : programme.steps)
    steps.push_back({{"id", s.id},
                     {"position_m", s.position_m},
                     {"wxyz", s.wxyz},
                     {"heading_rad", s.heading_rad},
                     {"line", s.line},
                     {"speed_m_s", s.speed_m_s},
                     {"dwell_s", s.dwell_s}});
  return Json{{"schema", "assay.programme/1"}, {"cycles", programme.cycles}, {"steps", steps}}.dump();
}

Result<Programme> programme_from_json(const std::string& text) {
  try {
    const Json value = Json::parse(text);
    if (value.at("schema") != "assay.programme/1") return bad_programme("schema");
    Programme out;
    out.cycles = value.at("cycles").get<int>();
    if (out.cycles < 1 || out.cycles > kMostCycles) return bad_programme("cycles");
    for (const auto& one : value.at("steps")) {
      ProgrammeStep step;
      step.id = one.at("id").get<std::string>();
      step.position_m = one.at("position_m").get<std::array<double, 3>>();
      step.wxyz = one.at("wxyz").get<std::array<double, 4>>();
      step.heading_rad = one.at("heading_rad").get<double>();
      step.line = one.at("line").get<bool>();
      step.speed_m_s = one.at("speed_m_s").get<double>();
      step.dwell_s = one.at("dwell_s").get<double>();
      out.steps.push_back(std::move(step));
    }
    if (out.steps.empty()) return bad_programme("no steps");
    return out;
  } catch (const Json::exception& e) {
    return bad_programme(e.what());
  }
}

bool ProgrammeRun::complete() const {
  for (const auto& cycle : visits)
    for (std::size_t k = 0; k < cycle.size(); ++k)
      if (programme.steps[k].dwell_s > 0 && !cycle[k]) return false;
  return why.empty() && visits.size() == static_cast<std::size_t>(programme.cycles);
}

ProgrammeRun programme_run(const Trace& trace) {
  ProgrammeRun run;
  const auto text = trace.metadata.find("programme");
  if (text == trace.metadata.end()) {
    run.why = "no_metadata:programme";
    return run;
  }
  auto programme = programme_from_json(text->second);
  if (!programme) {
    run.why = "no_metadata:programme";
    return run;
  }
  run.programme = std::move(*programme);
  auto track = track_of(trace);
  run.vantage = track.vantage;
  run.why = track.why;
  if (!run.why.empty()) return run;
  const auto rests = rests_of(track);
  std::size_t next = 0;
  const bool stops = std::any_of(run.programme.steps.begin(), run.programme.steps.end(),
                                 [](const auto& step) { return step.dwell_s > 0; });
  for (int cycle = 0; cycle < run.programme.cycles && stops && next < rests.size(); ++cycle) {
    auto& row = run.visits.emplace_back(run.programme.steps.size());
    for (std::size_t k = 0; k < run.programme.steps.size(); ++k) {
      const auto& step = run.programme.steps[k];
      if (step.dwell_s <= 0) continue;
      while (next < rests.size()) {
        const auto visit = measure(track, rests[next++]);
        if (series::distance(visit.position_m, step.position_m) > kCapture_m) continue;
        row[k] = visit;
        break;
      }
    }
  }
  run.position_m = std::move(track.position_m);
  run.time_s = std::move(track.time_s);
  return run;
}

}  // namespace assay::metrics
