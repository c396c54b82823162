// SPDX-License-Identifier: MIT
// Holdings are found by asset, not by its number.
// expect: no (known|viable) conversion|could not convert|cannot convert|no matching|no viable|no match for|invalid
// operands
#include <trimtab/market/account.hpp>

double owed(const trimtab::account<>& a, trimtab::asset_id usdc) {
#ifdef TRIMTAB_BAD
  return a[usdc].debt;
#else
  return a.find(usdc)->debt;
#endif
}
