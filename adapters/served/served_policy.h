// Policies that a server elsewhere decides for: openpi's WebSocket, and JSON over HTTP (docs/wire-openpi.md).
#pragma once

#include <memory>

#include "adapters/policy.h"
#include "core/model/scheme.h"

namespace assay {

/// Fail with 1250 (address, secret), 1260, 1261. Connect nothing: begin() does, anew for each trial.
Result<std::unique_ptr<Policy>> make_openpi_policy(const PolicyLink& link);
Result<std::unique_ptr<Policy>> make_http_policy(const PolicyLink& link);

/// Is its server there? What it answered; fails as begin() does.
Result<Text> try_policy(const std::string& id, const PolicyLink& link, double patience_s);

}  // namespace assay
