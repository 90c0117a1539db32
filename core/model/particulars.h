// What a report has to say that no trial can: laboratory, customer, places, days, the item as received, equipment,
// people. Written by the laboratory, one file per report.
#pragma once

#include <string>
#include <vector>

#include "core/text.h"

namespace assay {

struct Party {
  Text name, address;
  std::string contact;
};

struct Equipment {
  Text name;
  std::string id, calibration, due;  ///< calibration: certificate; due: YYYY-MM-DD, empty where none is needed
};

struct Particulars {
  std::string path, sha256;
  std::string number;      ///< of the report; empty: "R-" and the session
  std::string issued;      ///< day of issue, YYYY-MM-DD
  std::string prevailing;  ///< zh, en; empty: the first language of the report
  std::string replaces;    ///< number of the report that this one takes the place of
  Text reason;             ///< of the replacement
  Party laboratory, customer;
  Text accreditation;                 ///< as the laboratory may state it; empty: none is claimed
  Text place;                         ///< where the tests were performed
  std::string received;               ///< day of receipt of the item, YYYY-MM-DD
  Text not_received;                  ///< why there is no such day: a program run where it was made, a public model
  Text condition;                     ///< of the item as received
  std::vector<std::string> verified;  ///< fields of the item that the laboratory checked itself: vendor, model …
  Text sampling;                      ///< how the item was taken, or by whom
  std::vector<Text> deviations;       ///< additions to, deviations and exclusions from the method
  bool no_deviations = false;         ///< said in so many words: `deviations: []`
  std::vector<Text> external;         ///< results from outside, besides attached documents
  bool no_external = false;           ///< `external: []`
  std::vector<Equipment> equipment;
  std::vector<std::pair<Text, Text>> environment;  ///< "temperature", "22.4 °C ± 0.5 °C"
  Text tested_by, reviewed_by, approved_by;        ///< person and function
};

}  // namespace assay
