// SPDX-License-Identifier: MIT
// A report and a price that can be traded at are not exchanged in a feed.
// expect: no (known|viable) conversion|could not convert|cannot convert|no matching|no viable
#include <trimtab/oracle.hpp>

trimtab::feed seen(trimtab::observation reported, trimtab::executable_observation paid) {
#ifdef TRIMTAB_BAD
  return {.reference = paid, .executable = reported};
#else
  return {.reference = reported, .executable = paid};
#endif
}
