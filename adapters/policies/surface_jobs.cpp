#include "adapters/policies/surface_jobs.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <optional>
#include <regex>

#include "adapters/policies/grasp_plan.h"
#include "adapters/policies/params.h"

namespace assay::policies {
namespace {

constexpr double kLine_m = 0.025;    // from line to line: less than the width that the tool wipes
constexpr double kInset_m = 0.014;   // of the outermost lines from the rim
constexpr double kAround_m = 0.030;  // from the middle of the tool to an obstacle's outline: half a hand and some noise
constexpr double kAside_m = 0.020;   // a line that would have to give way by more is cut
constexpr double kShortest_m = 0.012, kSample_m = 0.004;

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

/// Middle of "a to b <unit>" or "a <unit>".
double quantity(const std::string& text, const std::string& unit, double otherwise) {
  const std::regex shape("([0-9]+(?:\\.[0-9]+)?)(?: to ([0-9]+(?:\\.[0-9]+)?))? " + unit + "(?![a-zA-Z])");
  std::smatch found;
  if (!std::regex_search(text, found, shape)) return otherwise;
  const double low = std::stod(found[1].str());
  return found[2].matched ? (low + std::stod(found[2].str())) / 2 : low;
}

bool says(const std::string& text, std::initializer_list<const char*> words) {
  return std::any_of(words.begin(), words.end(), [&](const char* w) { return text.find(w) != std::string::npos; });
}

/// "every seam", "all the other mats": all of the kind that `known` are, unlike "all of it" and "all the way".
bool says_all(const std::string& text, const std::vector<std::string>& known) {
  return std::any_of(known.begin(), known.end(), [&](const std::string& label) {
    const std::string kind = lower(label.substr(label.rfind(' ') + 1));
    if (!std::all_of(kind.begin(), kind.end(), [](unsigned char c) { return std::isalpha(c) != 0; })) return false;
    return std::regex_search(text, std::regex("\\b(every|each|all)( of)?( the)?( other)? " + kind + "s?\\b"));
  });
}

/// The few words that stand before `at`.
std::string before(const std::string& text, std::size_t at) {
  constexpr std::size_t kFew = 16;
  return text.substr(at - std::min(at, kFew), std::min(at, kFew));
}

bool is_free(const Eigen::Vector2d& at, const std::vector<Detection>& about) {
  for (const auto& d : about)
    if (d.kind == "obstacle" && outline_gap_m(d, at.x(), at.y()) < kAround_m) return false;
  return true;
}

bool is_free(const Eigen::Vector2d& from, const Eigen::Vector2d& to, const std::vector<Detection>& about) {
  const int n = std::max(1, static_cast<int>((to - from).norm() / kSample_m));
  for (int i = 0; i <= n; ++i)
    if (!is_free(from + (to - from) * (static_cast<double>(i) / n), about)) return false;
  return true;
}

/// `at`, or beside it, clear of what stands there; nothing if that is too far.
std::optional<Eigen::Vector2d> clear_of(const Eigen::Vector2d& at, const std::vector<Detection>& about) {
  constexpr int kTries = 3;
  Eigen::Vector2d clear = at;
  for (int i = 0; i < kTries; ++i)
    for (const auto& d : about) {
      if (d.kind != "obstacle") continue;
      const Eigen::Vector2d away = clear - Eigen::Vector2d(d.position_m[0], d.position_m[1]);
      const double lack = kAround_m - outline_gap_m(d, clear.x(), clear.y());
      if (lack > 0 && away.norm() > 1e-6) clear += (lack + 1e-4) * away.normalized();
    }
  if (!is_free(clear, about) || (clear - at).norm() > kAside_m) return std::nullopt;
  return clear;
}

/// A line around what stands about, in as many parts as that takes; `on` says what is still on the surface.
template <class On>
std::vector<Stroke> free_parts(const Eigen::Vector2d& from, const Eigen::Vector2d& to,
                               const std::vector<Detection>& about, const On& on) {
  std::vector<Stroke> parts;
  const int n = std::max(1, static_cast<int>((to - from).norm() / kSample_m));
  bool open = false;
  for (int i = 0; i <= n; ++i) {
    const auto at = clear_of(from + (to - from) * (static_cast<double>(i) / n), about);
    const bool is_open = at && on(*at);
    if (is_open && !open) parts.emplace_back();
    if (is_open) parts.back().push_back(*at);
    open = is_open;
  }
  std::erase_if(parts, [](const Stroke& part) { return length_m(part) < kShortest_m; });
  return parts;
}

}  // namespace

ProcessWords read_process(const std::string& text, const ProcessWords& otherwise) {
  ProcessWords out = otherwise;
  out.force_n = quantity(text, "N", otherwise.force_n);
  out.speed_m_s = quantity(text, "cm/s", 100 * otherwise.speed_m_s) / 100;
  out.doubts_places = otherwise.doubts_places || says(lower(text), {"knocked", "camera is off", "misaligned"});
  return out;
}

std::vector<std::string> read_order(const Instruction& instruction, const std::vector<std::string>& known) {
  std::vector<std::string> order;
  for (const auto& slot : numbered_slots(instruction.labels, "target")) order.push_back(instruction.labels.at(slot));
  if (!instruction.text_only && !order.empty()) return order;

  const std::string text = lower(instruction.text.en);
  std::vector<std::pair<std::size_t, std::string>> named;
  std::vector<std::string> rest, last;
  for (const auto& label : known) {
    const auto at = text.find(lower(label));
    if (at == std::string::npos) {
      rest.push_back(label);
    } else if (!says(before(text, at), {"except", "leave", "not touch", "not wipe"})) {
      const bool is_last =
          says(before(text, at), {"end with", "finish with"}) || text.compare(at + label.size(), 5, " last") == 0;
      if (is_last) {
        last.push_back(label);
      } else {
        named.emplace_back(at, label);
      }
    }
  }
  std::sort(named.begin(), named.end());
  order.clear();
  for (const auto& [at, label] : named) order.push_back(label);
  // "A after B" and "before A, B" turn the order of the words round; "after A, B" and "A before B" do not.
  if (named.size() > 1) {
    const auto between = [&](const char* word) {
      const auto at = text.find(word, named.front().first);
      return at != std::string::npos && at < named.back().first;
    };
    const bool begins_before = text.find("before") < named.front().first;
    if (between(" after ") || (begins_before && !between(" before "))) std::reverse(order.begin(), order.end());
  }
  if (says_all(text, known)) order.insert(order.end(), rest.begin(), rest.end());
  order.insert(order.end(), last.begin(), last.end());
  return order;
}

Stroke seam_stroke(const std::string& label, const Sightings& sightings, int looks) {
  Stroke stroke;
  for (int i = 1;; ++i) {
    const std::string name = label + " point " + std::to_string(i);
    const auto point = sightings.find(name);
    if (!point) break;
    if (sightings.reports(name) < looks) return {};
    stroke.emplace_back(point->position_m[0], point->position_m[1]);
  }
  if (stroke.size() < 2) stroke.clear();
  return stroke;
}

std::vector<Stroke> wiping_strokes(const Detection& area, const std::vector<Detection>& about) {
  const double c = std::cos(area.yaw_rad), s = std::sin(area.yaw_rad);
  const bool along_y = area.size_m[1] >= area.size_m[0];
  const double half_long = std::max(area.size_m[0], area.size_m[1]) / 2 - kInset_m;
  const double half_wide = std::min(area.size_m[0], area.size_m[1]) / 2 - kInset_m;
  const auto place = [&](double along, double across) {
    const double u = along_y ? across : along, v = along_y ? along : across;
    return Eigen::Vector2d(area.position_m[0] + c * u - s * v, area.position_m[1] + s * u + c * v);
  };
  const auto on = [&](const Eigen::Vector2d& at) {
    const double dx = at.x() - area.position_m[0], dy = at.y() - area.position_m[1];
    const double along = along_y ? c * dy - s * dx : c * dx + s * dy,
                 across = along_y ? c * dx + s * dy : c * dy - s * dx;
    return std::abs(along) < half_long + kInset_m / 2 && std::abs(across) < half_wide + kInset_m / 2;
  };
  const int lines = std::max(2, static_cast<int>(std::ceil(2 * half_wide / kLine_m)) + 1);
  std::vector<Stroke> strokes;
  for (int i = 0; i < lines; ++i) {
    const double across = -half_wide + 2 * half_wide * i / (lines - 1);
    const double sign = i % 2 == 0 ? 1 : -1;
    for (auto& part : free_parts(place(-sign * half_long, across), place(sign * half_long, across), about, on)) {
      const bool goes_on = !strokes.empty() && (strokes.back().back() - part.front()).norm() < 1.6 * kLine_m &&
                           is_free(strokes.back().back(), part.front(), about);
      if (goes_on) {
        strokes.back().insert(strokes.back().end(), part.begin(), part.end());
      } else {
        strokes.push_back(std::move(part));
      }
    }
  }
  return strokes;
}

double length_m(const Stroke& stroke) {
  double length = 0;
  for (std::size_t i = 1; i < stroke.size(); ++i) length += (stroke[i] - stroke[i - 1]).norm();
  return length;
}

Eigen::Vector2d point_at(const Stroke& stroke, double s_m) {
  for (std::size_t i = 1; i < stroke.size(); ++i) {
    const double part = (stroke[i] - stroke[i - 1]).norm();
    if (s_m <= part && part > 0) return stroke[i - 1] + (stroke[i] - stroke[i - 1]) * (std::max(0.0, s_m) / part);
    s_m -= part;
  }
  return stroke.back();
}

}  // namespace assay::policies
