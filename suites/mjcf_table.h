// Facts about MJCF as MuJoCo 2.2.2 reads it, and about what came later. Private to the room.
#pragma once

#include <span>
#include <string_view>

namespace assay {

inline constexpr std::string_view kMujocoVersion = "2.2.2";

/// An element (attribute empty), attribute or value that came after 2.2.2. For a value, `parent` is the element,
/// `tag` the attribute and `attribute` the value.
struct Newer {
  std::string_view parent, tag, attribute, version;
};

std::span<const std::string_view> mjcf_rows();
std::span<const std::string_view> mjcf_text_attributes();
std::span<const Newer> mjcf_newer();

}  // namespace assay
