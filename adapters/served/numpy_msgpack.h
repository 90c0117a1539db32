// msgpack with numpy's arrays, as openpi's servers speak it. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/served/spaces.h"

namespace assay::served {

std::string pack(const std::vector<Entry>& entries);

/// What a server says of itself when it is connected to; RoboArena's fill in more.
struct Greeting {
  int cameras = 0;
  bool needs_session_id = false;
  std::string action_space;
};
/// Fail with 1262: subject:policy_garbled. Bounded in depth, counts and bytes before anything is allocated.
Result<Greeting> read_greeting(std::string_view bytes);
/// The chunk that stands under `key`: an array of one or two dimensions, or lists of numbers.
Result<Chunk> read_chunk(std::string_view bytes, const std::string& key);

/// The chunk, and what is said besides where `spaces` says so: then the chunk may be missing. Fails with 1262.
Result<Answer> read_answer(std::string_view bytes, const Spaces& spaces);

}  // namespace assay::served
