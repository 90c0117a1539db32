// A document from outside that answers an indicator: another laboratory's report, a certificate.
#pragma once

#include <string>

namespace assay {

struct Evidence {
  std::string indicator;               ///< id of the scheme's indicator that it answers
  std::string document, issuer, date;  ///< id of the document, who issued it, YYYY-MM-DD
  std::string file, sha256;            ///< as named by the declarer; hash of the bytes
  bool conforms = false;               ///< what the document says
};

}  // namespace assay
