// SPDX-License-Identifier: MIT
// How many blocks an average spans is not how many seconds.
// expect: no matching function|no viable conversion|could not convert|cannot convert
#include <trimtab/oracle.hpp>

using namespace trimtab;

auto push(const oracle::pool_depth& depth) {
#ifdef TRIMTAB_BAD
  return oracle::cost_to_move(depth, oracle::averaging::geometric, 0.05, seconds{1800});
#else
  return oracle::cost_to_move(depth, oracle::averaging::geometric, 0.05, blocks{150});
#endif
}
