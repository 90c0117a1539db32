// The steps of composition, each on a whole element tree. Private to the room.
//   prepare: read → names → defaults closed → angles → compiler → assets. A prepared model means the same
//   wherever its elements are put: absolute files, radians, no reliance on the top-level default class.
#pragma once

#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/model/body.h"
#include "suites/mjcf.h"

namespace assay {

/// Compiler settings that a composed model can carry for both parts without changing either.
using CarriedFlags = std::map<std::string, std::string>;

struct Prepared {
  Mjcf mjcf;
  std::string main_class;
  CarriedFlags carried;
  std::vector<std::string> assets;  ///< absolute paths of files that elements name, in order, each once
};

enum class NameSpace {
  body,
  joint,
  geom,
  site,
  camera,
  light,
  mesh,
  skin,
  hfield,
  texture,
  material,
  pair,
  exclude,
  equality,
  tendon,
  actuator,
  sensor,
  numeric,
  text,
  tuple,
  key,
  class_,
};
std::string_view to_string(NameSpace space);
using Names = std::map<std::pair<NameSpace, std::string>, const tinyxml2::XMLElement*>;

struct Pose {
  std::array<double, 3> pos{0, 0, 0};
  std::array<double, 4> quat{1, 0, 0, 0};
};
Pose operator*(const Pose& parent, const Pose& child);

/// Attribute values as they act: own, else from the class that applies.
class Defaults {
 public:
  explicit Defaults(const Mjcf& closed);
  struct Found {
    const char* text = nullptr;
    const tinyxml2::XMLElement* at = nullptr;  ///< element that sets it
  };
  [[nodiscard]] Found find(const tinyxml2::XMLElement* element, const char* attribute) const;
  /// First number of an attribute as it acts.
  [[nodiscard]] double number(const tinyxml2::XMLElement* element, const char* attribute, double fallback) const;
  [[nodiscard]] Found find_in_class(const std::string& name, const char* tag, const char* attribute) const;
  [[nodiscard]] std::string class_of(const tinyxml2::XMLElement* element) const;

 private:
  std::map<std::string, std::pair<std::string, const tinyxml2::XMLElement*>> classes_;  ///< name → parent, element
};

/// Attributes of all <compiler> elements together; the last one wins, as in MuJoCo.
std::map<std::string, std::string> compiler_settings(const Mjcf& mjcf);

Result<void> close_defaults(Mjcf& mjcf, std::string& main_class);  // 0464
Result<void> normalise_angles(Mjcf& mjcf);                         // 0462, 0470, 0471
Result<CarriedFlags> settle_compiler(Mjcf& mjcf);                  // 0463
void name_assets(Mjcf& mjcf);
Result<std::vector<std::string>> resolve_assets(Mjcf& mjcf);          // 0465
Result<Names> collect_names(const Mjcf& mjcf);                        // 0460
Result<void> check_references(const Mjcf& mjcf, const Names& names);  // 0461
void prefix_names(Mjcf& mjcf, const std::string& prefix);
/// Names of one kind, in order.
std::vector<std::string> names_of(const Names& names, NameSpace space);

/// Pose of a body, geom, site or camera in its parent's frame (angles normalised before).
Pose local_pose(const tinyxml2::XMLElement* element);
void set_pose(tinyxml2::XMLElement* element, const Pose& pose);
/// Pose in the world, by the static chain of bodies above.
Pose world_pose(const tinyxml2::XMLElement* body);

/// Puts a prepared and prefixed model into another: its root bodies (moved by `pose`) and what else stands in its
/// world go under `parent`; sections are appended.
void splice(Mjcf& into, const Mjcf& part, tinyxml2::XMLElement* parent, const Pose& pose, const std::string& prefix);
/// Both parts' flags, or 0463 where one would change the other.
Result<CarriedFlags> merge_flags(const Prepared& a, const Prepared& b);

tinyxml2::XMLElement* find_named(const Mjcf& mjcf, NameSpace space, const std::string& name);

Result<Prepared> prepare(const std::string& path, const std::string& main_class);
/// The robot of a binding: model, attachments and added sites, under the names that the binding uses.
Result<Prepared> prepare_robot(const Embodiment& embodiment);
/// SHA-256 over the bytes of MJCF files and assets, independent of where they lie.
Result<std::string> hash_files(const std::vector<std::string>& files, const std::vector<std::string>& assets);

}  // namespace assay
