// Pictures of scenes, drawn in a process of their own: an OpenGL driver may do what it likes there.
#pragma once

#include <string>

#include "cli/app.h"
#include "core/model/task.h"

namespace assay::cli {

/// `assay picture SUITE TASK LEVEL FILE`: started by `suite page`, never by a person. Writes a binary PPM of one drawn
/// start of the task on its reference body; says why not on stderr.
int draw_picture(const std::string& suite, const std::string& task, int level, const std::string& file);

/// PNG made through such a process; empty where none could be made.
std::string picture_of(const App& app, const std::string& suite, const Task& task);

}  // namespace assay::cli
