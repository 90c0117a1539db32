// A task at one level, as the suites loader gives it: level overrides already applied.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/model/condition.h"
#include "core/model/programme.h"
#include "core/model/stimulus.h"
#include "core/text.h"

namespace assay {

/// A hard limit. The adapter checks it each physics step; breaking it makes the trial `unsafe`.
struct Limit {
  enum class Quantity {
    contact_force_n,  ///< sum of normal forces between `a` and `b` (bodies' subtrees or roles)
    tcp_speed_m_s,
    joint_speed_ratio,  ///< ratio to the binding's limit
    base_speed_m_s,
    separation_m,  ///< separation is a minimum, the others are maxima
  } quantity = Quantity::contact_force_n;
  std::string id;  ///< stable name, e.g. "force_on_person"
  std::string a = "robot", b;
  double value = 0;
  std::string source;  ///< clause or "profile"
};

/// One source of variation. Ranges are closed-open [low, high) of a uniform law unless said.
struct Variation {
  enum class Kind {
    choice,       ///< slot `name` is one of `of`
    place,        ///< body `target` at one of `places` (each x,y,z,yaw), offset by ±jitter
    shuffle,      ///< bodies `of` on distinct `places`, order drawn, offset by ±jitter
    pose_jitter,  ///< body `target` moved by ±jitter from where the scene has it
    mass_factor,
    friction_factor,  ///< body `target` ("*" = all movable), factor in [low, high)
    noise,            ///< sensor `target` (detections, range, joints, odometry, force): standard deviation `low`
    push,      ///< impulse in [low, high) N·s on body `target`, from_ns…to_ns, one direction of `of`; any if empty
    latency,   ///< declared inference latency in [low, high) s
    bias,      ///< sensor `target` is off by [low, high) m in a drawn horizontal direction, all through the trial
    dropout,   ///< sensor `target` loses a share in [low, high) of what it reports, from_ns…to_ns (to 0: always)
    blackout,  ///< sensor `target` is silent for [low, high) s, beginning at from_ns…to_ns
    weaken,    ///< group `target` keeps a factor in [low, high) of its strength, from from_ns…to_ns on
    one_of,    ///< exactly one of `options`, drawn (an option without entries: nothing happens)
  } kind = Kind::choice;
  std::string name, target;
  std::vector<std::string> of;
  std::vector<std::array<double, 4>> places;  ///< x_m, y_m, z_m, yaw_rad, world frame
  std::array<double, 4> jitter{0, 0, 0, 0};   ///< half widths: x_m, y_m, z_m, yaw_rad
  double low = 0, high = 0;
  std::int64_t from_ns = 0, to_ns = 0;
  std::vector<std::vector<Variation>> options;  ///< one_of
};

/// What a harness-made detector reports (never evidence of perception: DESIGN §4.1).
struct Detectable {
  std::string body;
  std::string label;                      ///< word that instructions use, e.g. "red parcel"
  std::string kind;                       ///< parcel, bin, station, obstacle, person
  std::array<double, 3> size_m{0, 0, 0};  ///< full extents
};

/// What the harness-made detector can see. Defaults are those of before: arms see all, bases within 6 m and unhidden.
struct DetectorView {
  double range_m = 0;      ///< 0: 6 m for a mobile base, everything for a fixed arm
  double fov_rad = 0;      ///< 0: all around; else about the frame's x axis
  bool occlusion = false;  ///< a fixed arm's detector is blocked too (one ray from 0.6 m above its base)
};

struct Physics {
  double timestep_s = 0.002, impratio = 10;
  int nconmax = 600, njmax = 2400;
};

/// Who is known to solve the task: what `suite check` runs as its oracle, `null` and `random` on the same body.
struct Reference {
  std::string embodiment;  ///< id of the catalogue, or an absolute path
  std::string policy;      ///< registered id; takes the parameter `skill`
};

struct Task {
  std::string id, suite;  ///< "parcel_sorting" of "logistics_assembly"
  int level = 1;
  Text title, purpose;
  Text instruction;                    ///< with {slot} placeholders
  std::vector<Text> wordings;          ///< other ways to say it; one of instruction and these is drawn
  std::optional<Programme> programme;  ///< where the command itself is examined
  bool text_only = false;              ///< the policy gets the text alone, no slots and labels
  std::map<std::string, std::map<std::string, Text>> slot_words;  ///< slot → value → words
  std::vector<std::string> tags, capabilities;  ///< required, e.g. "arm", "gripper", "mobile_base", "payload:0.1"
  std::string scene_path;                       ///< absolute path of the scene's MJCF
  std::optional<Reference> reference;
  std::vector<Variation> variation;
  std::vector<Actor> actors;
  std::vector<Stimulus> stimuli;  ///< at most one of a kind
  std::optional<SeparationProfile> separation;
  std::vector<Detectable> detectables;
  DetectorView detector;
  Condition success;  ///< {slot} placeholders stand for slot values
  std::vector<std::pair<std::string, Condition>> subgoals;
  std::vector<std::pair<std::string, Condition>> checks;  ///< named conditions that indicators may use
  std::vector<Limit> limits;
  std::int64_t time_limit_ns = 0, control_period_ns = 20'000'000;
  std::vector<std::string> metrics;  ///< metric ids
  Physics physics;
  double range_rate_hz = 10;

  [[nodiscard]] std::string key() const { return suite + "/" + id; }
};

}  // namespace assay
