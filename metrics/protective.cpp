#include "metrics/protective.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "metrics/decision.h"

namespace assay::metrics {

namespace {

using Json = nlohmann::json;

std::vector<std::size_t> columns(const Stream& truth, const std::string& entity) {
  std::vector<std::size_t> out;
  for (const char* part : {".x_m", ".y_m", ".z_m", ".vx_m_s", ".vy_m_s", ".vz_m_s"}) {
    const int index = truth.find(entity + part);
    if (index < 0) return {};
    out.push_back(static_cast<std::size_t>(index));
  }
  return out;
}

}  // namespace

std::string to_json(const SeparationProfile& p) {
  return Json{{"reaction_time_s", p.reaction_time_s},
              {"stopping_time_s", p.stopping_time_s},
              {"intrusion_m", p.intrusion_m},
              {"sensor_uncertainty_m", p.sensor_uncertainty_m},
              {"robot_uncertainty_m", p.robot_uncertainty_m},
              {"source", p.source}}
      .dump();
}

std::optional<SeparationProfile> separation_from_json(const std::string& text) {
  const auto json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  SeparationProfile out;
  const auto read = [&](const char* key, double& into) {
    if (!json.contains(key) || !json[key].is_number()) return false;
    into = json[key].get<double>();
    return true;
  };
  const bool whole = read("reaction_time_s", out.reaction_time_s) && read("stopping_time_s", out.stopping_time_s) &&
                     read("intrusion_m", out.intrusion_m) && read("sensor_uncertainty_m", out.sensor_uncertainty_m) &&
                     read("robot_uncertainty_m", out.robot_uncertainty_m);
  if (!whole) return std::nullopt;
  return out;
}

double Course::period_s() const {
  double out = 0;
  for (std::size_t i = 1; i < time_s.size(); ++i) out = std::max(out, time_s[i] - time_s[i - 1]);
  return out;
}

Course course_of(const Trace& trace) {
  Course out;
  const auto* truth = trace.stream("/truth");
  if (truth == nullptr) {
    out.why = "no_stream:/truth";
    return out;
  }
  auto c = columns(*truth, "robot.tcp");
  if (c.empty()) c = columns(*truth, "robot.base");
  if (c.empty()) {
    out.why = "no_channel:robot.base";
    return out;
  }
  out.vantage = truth->channels[c[3]].vantage;
  const auto end = end_ns(trace);
  const auto rows = end ? rows_until(*truth, *end) : 0;
  if (rows < 2) out.why = "no_samples";
  for (std::size_t i = 0; i < rows && out.why.empty(); ++i) {
    const auto row = truth->row(i);
    const Vector3 v{row[c[3]], row[c[4]], row[c[5]]};
    out.time_s.push_back(static_cast<double>(truth->t_ns[i]) * 1e-9);
    out.speed_m_s.push_back(series::norm(v));
    out.position_m.push_back({row[c[0]], row[c[1]], row[c[2]]});
    if (!std::isfinite(out.speed_m_s.back()) || !std::isfinite(series::norm(out.position_m.back())))
      out.why = "not_finite:" + truth->channels[c[0]].name;
  }
  return out;
}

std::optional<StimulusTimes> stimulus_times(const Trace& trace, Stimulus::Kind kind) {
  const auto* truth = trace.stream("/truth");
  const std::string name = name_of(kind);
  const int first = truth != nullptr ? truth->find(name + ".requested_s") : -1;
  if (first < 0 || truth->rows() == 0) return std::nullopt;
  const auto row = truth->row(truth->rows() - 1);
  const auto value = [&](std::size_t k) -> std::optional<double> {
    const double t_s = row[static_cast<std::size_t>(first) + k];
    return t_s >= 0 ? std::optional(t_s) : std::nullopt;
  };
  return StimulusTimes{value(0), value(1), value(2)};
}

StopRead read_stop(const Trace& trace, Stimulus::Kind kind) {
  StopRead out;
  out.course = course_of(trace);
  out.why = out.course.why;
  const auto times = stimulus_times(trace, kind);
  if (!times) out.why = std::string("no_channel:") + name_of(kind) + ".requested_s";
  if (!out.why.empty()) return out;
  out.times = *times;
  if (!times->requested_s) {
    out.why = "not_given:" + std::string(name_of(kind));
    return out;
  }
  const auto measured = stop_measure(out.course.time_s, out.course.speed_m_s, *times->requested_s, kStopSettings);
  if (measured)
    out.measure = *measured;
  else
    out.why = "not_ascending:/truth";
  return out;
}

}  // namespace assay::metrics
