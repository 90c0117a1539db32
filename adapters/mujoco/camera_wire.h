// What passes between a simulation and the process that draws its cameras' pictures. Both are of one build.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"

namespace assay::mujoco {

constexpr int kCameraFd = 3;           ///< where the drawing process finds its end
constexpr int kLargestPicture = 2048;  ///< px, each side

enum class CameraWord : std::uint32_t { model = 1, look, done, failed };

struct CameraMessage {
  CameraWord word = CameraWord::done;
  std::string bytes;
};

/// Of a look: camera, width and height, then positions of joints and of what is moved by hand.
struct CameraLook {
  std::int32_t camera = 0, width = 0, height = 0;
  std::vector<double> state;
};
std::string pack(const CameraLook& look);
std::optional<CameraLook> unpack(const std::string& bytes);

/// False: the far side is gone, or `until` is over.
bool send(int fd, CameraWord word, const std::string& bytes, SteadyTime until);
std::optional<CameraMessage> receive(int fd, SteadyTime until);

}  // namespace assay::mujoco
