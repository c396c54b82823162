// SPDX-License-Identifier: MIT
#pragma once

namespace trimtab::test {

/// 113 bits, of GCC and Clang.
__extension__ using quad = __float128;

constexpr quad magnitude(quad x) {
  return x < 0 ? -x : x;
}

}  // namespace trimtab::test
