#include "harness/campaign.h"
