// Puts one prepared model into another.
#include <fmt/format.h>

#include "suites/compose_parts.h"

namespace assay {

using tinyxml2::XMLElement;

namespace {

XMLElement* section_of(Mjcf& mjcf, const char* tag) {
  if (auto* found = mjcf.root()->FirstChildElement(tag)) return found;
  return mjcf.root()->InsertNewChildElement(tag);
}

void append_sections(Mjcf& into, const Mjcf& part) {
  for (const char* tag : {"default", "custom", "asset", "contact", "equality", "tendon", "actuator", "sensor"}) {
    for (const auto* from = part.root()->FirstChildElement(tag); from; from = from->NextSiblingElement(tag))
      for (const auto* child = from->FirstChildElement(); child; child = child->NextSiblingElement())
        copy_into(into, part, child, section_of(into, tag));
  }
}

/// Ground and light belong to the scene: a robot's own planes, height fields and lights stay out (lint says so).
bool belongs_to_scene(const XMLElement* element, const Defaults& defaults) {
  if (tag_of(element) == "light") return true;
  if (tag_of(element) != "geom") return false;
  const char* type = defaults.find(element, "type").text;
  return type && is_one_of(type, {"plane", "hfield"});
}

bool is_identity(const Pose& pose) { return pose.pos == Pose{}.pos && pose.quat == Pose{}.quat; }

}  // namespace

void splice(Mjcf& into, const Mjcf& part, XMLElement* parent, const Pose& pose, const std::string& prefix) {
  const Defaults defaults(part);
  XMLElement* frame = is_identity(pose) ? parent : nullptr;
  for (const auto* world = part.root()->FirstChildElement("worldbody"); world;
       world = world->NextSiblingElement("worldbody")) {
    for (const auto* child = world->FirstChildElement(); child; child = child->NextSiblingElement()) {
      if (tag_of(child) == "body") {
        auto* copy = copy_into(into, part, child, parent);
        if (!is_identity(pose)) set_pose(copy, pose * local_pose(copy));
        continue;
      }
      if (belongs_to_scene(child, defaults)) continue;
      if (!frame) {  // what stood in the robot's world moves with it
        frame = parent->InsertNewChildElement("body");
        frame->SetAttribute("name", (prefix + "base_frame").c_str());
        set_pose(frame, pose);
        into.places[frame] = part.place(world);
      }
      copy_into(into, part, child, frame);
    }
  }
  append_sections(into, part);
}

}  // namespace assay
