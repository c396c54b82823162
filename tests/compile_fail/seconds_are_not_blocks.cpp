// SPDX-License-Identifier: MIT
// A window of an average is counted in blocks, not in seconds.
// expect: could not convert|no viable conversion|cannot convert|no matching
#include <trimtab/oracle/manipulation_cost.hpp>

trimtab::result<double> push(trimtab::seconds window, trimtab::seconds block) {
#ifdef TRIMTAB_BAD
  return trimtab::oracle::multiple_to_move(trimtab::oracle::averaging::arithmetic, 0.1, window, 1);
#else
  return trimtab::oracle::multiple_to_move(trimtab::oracle::averaging::arithmetic, 0.1, window / block, 1);
#endif
}
