#include "harness/nuisance.h"

#include <algorithm>
#include <set>

namespace assay::harness {
namespace {

void add_entities(const Condition& condition, std::set<std::string>& out) {
  for (const auto& name : {condition.a, condition.b}) out.insert(name);
  out.insert(condition.entities.begin(), condition.entities.end());
  for (const auto& child : condition.children) add_entities(child, out);
}

double square(double x) { return x * x; }

/// Places of a shuffle that no body which matters stands on.
std::vector<std::array<double, 4>> free_places(const Variation& v, const std::set<std::string>& kept,
                                               const std::vector<std::string>& bodies, const Setup& setup) {
  auto places = v.places;
  for (const auto& body : bodies) {
    if (kept.count(body) == 0) continue;
    const auto at = std::find_if(setup.poses.begin(), setup.poses.end(), [&](const auto& p) { return p.body == body; });
    if (at == setup.poses.end() || places.empty()) continue;
    const auto far = [&](const auto& place) { return square(place[0] - at->pose[0]) + square(place[1] - at->pose[1]); };
    places.erase(
        std::min_element(places.begin(), places.end(), [&](const auto& x, const auto& y) { return far(x) < far(y); }));
  }
  return places;
}

Result<void> shuffle_others(const Variation& v, const std::set<std::string>& kept, const Slots& slots, Rng rng,
                            Setup& setup) {
  std::vector<std::string> bodies;
  for (const auto& name : v.of) {
    ASSAY_TRY(auto body, fill(name, slots));
    bodies.push_back(std::move(body));
  }
  auto places = free_places(v, kept, bodies, setup);
  std::size_t next = 0;
  for (const auto& body : bodies) {
    if (kept.count(body) != 0 || next >= places.size()) continue;
    std::swap(places[next], places[next + rng.below(places.size() - next)]);
    for (auto& pose : setup.poses)
      if (pose.body == body)
        for (std::size_t i = 0; i < 4; ++i) pose.pose[i] = places[next][i] + rng.uniform(-v.jitter[i], v.jitter[i]);
    ++next;
  }
  return {};
}

/// Entries of `again` for bodies that do not matter. Both lists come from one list of variations; where another option
/// of a one_of shifted them, entries stay as they were.
template <class List, class Name>
void take_others(const std::set<std::string>& kept, const List& again, List& list, Name name) {
  for (std::size_t i = 0; i < list.size() && i < again.size(); ++i)
    if (name(list[i]) == name(again[i]) && kept.count(name(list[i])) == 0 && name(list[i]) != "*") list[i] = again[i];
}

}  // namespace

Result<void> change_nuisance(const Task& task, const Streams& streams, const Slots& slots, Setup& setup) {
  std::set<std::string> kept;
  for (const auto& [slot, value] : slots) kept.insert(value);
  ASSAY_TRY(const auto success, fill(task.success, slots));
  add_entities(success, kept);
  Setup again;
  again.key = setup.key;
  ASSAY_RETURN_IF_ERROR(draw_rest(task, streams, slots, again));
  for (std::size_t i = 0; i < setup.noise.size() && i < again.noise.size(); ++i)
    if (setup.noise[i].sensor == again.noise[i].sensor) setup.noise[i].key = again.noise[i].key;
  const auto body = [](const auto& entry) -> const std::string& { return entry.body; };
  take_others(kept, again.offsets, setup.offsets, body);
  take_others(kept, again.mass, setup.mass, body);
  take_others(kept, again.friction, setup.friction, body);
  for (std::size_t i = 0; i < task.variation.size(); ++i) {
    const auto& v = task.variation[i];
    if (v.kind == Variation::Kind::shuffle) {
      Rng rng(child_key(streams.scene, "audit/" + std::to_string(i)));
      ASSAY_RETURN_IF_ERROR(shuffle_others(v, kept, slots, rng, setup));
    }
    if (v.kind != Variation::Kind::place) continue;
    ASSAY_TRY(const auto target, fill(v.target, slots));
    if (kept.count(target) != 0) continue;
    for (auto& pose : setup.poses)
      for (const auto& other : again.poses)
        if (pose.body == target && other.body == target) pose = other;
  }
  return {};
}

}  // namespace assay::harness
