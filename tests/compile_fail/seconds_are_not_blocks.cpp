// SPDX-License-Identifier: MIT
<<<<<<< HEAD
// How many blocks an average spans is not how many seconds.
// expect: no matching function|no viable conversion|could not convert|cannot convert
#include <trimtab/oracle.hpp>

using namespace trimtab;

auto push(const oracle::pool_depth& depth) {
#ifdef TRIMTAB_BAD
  return oracle::cost_to_move(depth, oracle::averaging::geometric, 0.05, seconds{1800});
#else
  return oracle::cost_to_move(depth, oracle::averaging::geometric, 0.05, blocks{150});
=======
// A window of an average is counted in blocks, not in seconds.
// expect: could not convert|no viable conversion|cannot convert|no matching
#include <trimtab/oracle/manipulation_cost.hpp>

trimtab::result<double> push(trimtab::seconds window, trimtab::seconds block) {
#ifdef TRIMTAB_BAD
  return trimtab::oracle::multiple_to_move(trimtab::oracle::averaging::arithmetic, 0.1, window, 1);
#else
  return trimtab::oracle::multiple_to_move(trimtab::oracle::averaging::arithmetic, 0.1, window / block, 1);
>>>>>>> h7-r3
#endif
}
