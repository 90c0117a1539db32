#include "metrics/measures/contact.h"

#include <algorithm>

#include "metrics/input.h"
#include "metrics/measures/stamps.h"

namespace assay::metrics {

namespace {

struct Run {
  std::size_t first = 0, last = 0;  ///< samples in contact at both ends
};

std::vector<Run> runs_in_contact(std::span<const double> force_n, const std::vector<std::int64_t>& t_ns,
                                 double threshold_n, std::int64_t merge_gap_ns) {
  std::vector<Run> out;
  for (std::size_t i = 0; i < force_n.size(); ++i) {
    if (!(force_n[i] >= threshold_n)) continue;
    const bool same_run = !out.empty() && out.back().last + 1 == i;
    const bool joined = !out.empty() && t_ns[i] - t_ns[out.back().last] < merge_gap_ns;
    if (same_run || joined)
      out.back().last = i;
    else
      out.push_back({i, i});
  }
  return out;
}

std::optional<double> larger(const std::optional<double>& a, double b) { return a ? std::max(*a, b) : b; }

}  // namespace

Result<ContactForces> contact_forces(std::span<const double> time_s, std::span<const double> force_n,
                                     const ContactSettings& settings) {
  ASSAY_RETURN_IF_ERROR(check_same_length("time_s", time_s.size(), "force_n", force_n.size()));
  ASSAY_TRY(const auto t_ns, stamps_ns("time_s", time_s));
  ASSAY_RETURN_IF_ERROR(check_finite("force_n", force_n));
  ASSAY_RETURN_IF_ERROR(check_finite("threshold_n", settings.threshold_n));
  ASSAY_RETURN_IF_ERROR(check_at_least("transient_window_s", settings.transient_window_s, 0));
  ASSAY_RETURN_IF_ERROR(check_at_least("merge_gap_s", settings.merge_gap_s, 0));
  const auto window_ns = to_ns(settings.transient_window_s);
  ContactForces out;
  for (const auto& run : runs_in_contact(force_n, t_ns, settings.threshold_n, to_ns(settings.merge_gap_s))) {
    ContactEvent event;
    event.start_s = time_s[run.first];
    event.duration_s = time_s[run.last] - time_s[run.first];
    event.peak_transient_n = force_n[run.first];
    for (std::size_t i = run.first; i <= run.last; ++i) {
      if (t_ns[i] - t_ns[run.first] <= window_ns)
        event.peak_transient_n = std::max(event.peak_transient_n, force_n[i]);
      else
        event.quasi_static_n = larger(event.quasi_static_n, force_n[i]);
    }
    event.impulse_n_s = trapezoid(time_s, force_n, run.first, run.last);
    out.peak_transient_n = larger(out.peak_transient_n, event.peak_transient_n);
    if (event.quasi_static_n) out.quasi_static_n = larger(out.quasi_static_n, *event.quasi_static_n);
    out.impulse_n_s += event.impulse_n_s;
    out.events.push_back(event);
  }
  return out;
}

}  // namespace assay::metrics
