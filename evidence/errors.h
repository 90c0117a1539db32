// How this room says what is wrong. Not for other rooms.
#pragma once

#include <string>
#include <utility>

#include "core/result.h"

namespace assay::evidence {

/// 11xx; docs/errors/evidence.md.
enum ErrorId : int {
  kBadKey = 1101,
  kKeyNotWritten = 1102,
  kCrypto = 1103,
  kNotReady = 1110,
  kChangedMeanwhile = 1111,
  kNotWritten = 1112,
  kNotABundle = 1120,
  kBadName = 1121,
  kFileDiffers = 1122,
  kTrialChain = 1123,
  kAuditChain = 1124,
  kContradiction = 1125,
  kBadAttestation = 1126,
  kFourEyes = 1127,
  kWatermark = 1128,
  kTooLarge = 1129,
  kBadTrustList = 1130,
  kBadRegister = 1131,
  kDiffers = 1140,
  kNotRecomputable = 1141,
  kWrongDisclosure = 1142,
  kNotComparable = 1150,
  kTooFewLaboratories = 1151,
};

inline Error evidence_error(int id, Text what, std::string file, std::string found = {}, Text expected = {},
                            Text help = {}) {
  return Error{.id = id,
               .what = std::move(what),
               .place = {std::move(file)},
               .expected = std::move(expected),
               .found = std::move(found),
               .help = std::move(help)};
}

}  // namespace assay::evidence
