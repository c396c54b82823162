// SPDX-License-Identifier: MIT
// 30 what?
// expect: no (known|viable) conversion|could not convert|cannot convert|conversion from
#include <trimtab/oracle.hpp>

trimtab::oracle::max_age guard() {
#ifdef TRIMTAB_BAD
  return {.reference = 30};
#else
  return {.reference = trimtab::seconds{30}};
#endif
}
