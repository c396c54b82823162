// SPDX-License-Identifier: MIT
#pragma once

namespace trimtab {

/// @brief First member of an aggregate whose fields are given by name only: `{.asset = usdc, .debt = 100.0}` compiles,
/// `{usdc, 0.0, 100.0}` does not, so that an amount never lands on the wrong side for want of a comma. A byte, where
/// padding has one to spare (no `[[no_unique_address]]`: Clang 14 does not survive it in constants).
///
///     by_name fields = by_name();
struct by_name {
  explicit constexpr by_name() noexcept = default;
};

}  // namespace trimtab
