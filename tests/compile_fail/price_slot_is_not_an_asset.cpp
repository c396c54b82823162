// SPDX-License-Identifier: MIT
// expect: no viable conversion|no matching (member )?function|could not convert|cannot convert
#include <trimtab/market/account.hpp>

bool holds(const trimtab::account<>& a, trimtab::asset_id asset, trimtab::price_slot slot) {
#ifdef TRIMTAB_BAD
  static_cast<void>(asset);
  return a.find(slot) != nullptr;
#else
  static_cast<void>(slot);
  return a.find(asset) != nullptr;
#endif
}
