// SPDX-License-Identifier: MIT
// What is had and what is owed are told apart by their names, never by their place.
// expect: could not convert|no viable conversion|cannot convert|no matching|excess elements|too many initializers
#include <trimtab/market/account.hpp>

trimtab::holding owes(trimtab::asset_id usdc, double amount) {
#ifdef TRIMTAB_BAD
  return {usdc, amount, 0.0};
#else
  return {.asset = usdc, .debt = amount};
#endif
}
