// SPDX-License-Identifier: MIT
// expect: no (known|viable) conversion|could not convert|cannot convert|conversion from
#include <trimtab/market/asset.hpp>

trimtab::asset_id weth() {
#ifdef TRIMTAB_BAD
  return 1;
#else
  return {1};
#endif
}
