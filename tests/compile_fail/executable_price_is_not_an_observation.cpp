// SPDX-License-Identifier: MIT
// What a venue would pay is no report of an oracle: a guard compares the two, it never takes one for the other.
// expect: no (known|viable) conversion|could not convert|cannot convert|no matching|no viable
#include <trimtab/liquidity.hpp>
#include <trimtab/oracle.hpp>

trimtab::feed reported(const trimtab::liquidity::constant_product& pool, trimtab::timestamp now) {
#ifdef TRIMTAB_BAD
  return {.reference = {.price = pool.marginal_price(0.0), .at = now}};
#else
  return {.executable = {.price = pool.marginal_price(0.0), .at = now}};
#endif
}
