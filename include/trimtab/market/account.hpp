// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/by_name.hpp>
#include <trimtab/core/errc.hpp>
#include <trimtab/market/asset.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace trimtab {

/// What an account has and owes of one asset, whole tokens.
///
/// For health, headroom and greeks a balance may be scaled where its price slot carries the index. Sizing, plans and
/// policies trade whole tokens: they need unscaled balances and prices without the index.
struct holding {
  by_name fields = by_name();  ///< what is had and what is owed are never told apart by position
  asset_id asset{};
  double collateral = 0.0;
  double debt = 0.0;
  bool used_as_collateral = true;  ///< supplied but not enabled counts for nothing, where a protocol has such a switch
};

/// @brief The balances of one account in one protocol: at most N assets, inline, trivially copyable.
template <std::size_t N = 8>
class account {
public:
  static constexpr std::size_t max_holdings = N;

  constexpr account() = default;

  /// Lists a holding. @errors capacity when full, asset_mismatch when the asset is listed already
  constexpr errc add(const holding& h) noexcept {
    if (find(h.asset) != nullptr) return errc::asset_mismatch;
    if (size_ == N) return errc::capacity;
    holdings_[size_++] = h;
    return errc::ok;
  }

  [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
  constexpr const holding& operator[](std::size_t i) const noexcept { return holdings_[i]; }
  constexpr holding& operator[](std::size_t i) noexcept { return holdings_[i]; }
  constexpr const holding* begin() const noexcept { return holdings_.data(); }
  constexpr const holding* end() const noexcept { return holdings_.data() + size_; }

  /// The holding of an asset, or null.
  [[nodiscard]] constexpr const holding* find(asset_id asset) const noexcept {
    for (std::size_t i = 0; i < size_; ++i)
      if (holdings_[i].asset == asset) return &holdings_[i];
    return nullptr;
  }
  [[nodiscard]] constexpr holding* find(asset_id asset) noexcept {
    return const_cast<holding*>(static_cast<const account&>(*this).find(asset));
  }

private:
  std::array<holding, N> holdings_{};
  std::uint32_t size_ = 0;
};

/// @errors not_finite, negative_amount, duplicate_asset
template <std::size_t N>
constexpr errc validate(const account<N>& a) noexcept {
  bool sorted = true;  // up to here: then no asset before is this one
  const holding* before = a.end();
  for (const holding& h : a) {
    sorted = sorted && (before == a.end() || before->asset.value < h.asset.value);
    before = &h;
    if (!sorted)
      for (const holding* other = a.begin(); other != &h; ++other)
        if (other->asset == h.asset) return errc::duplicate_asset;
    if (!(h.collateral - h.collateral == 0.0) || !(h.debt - h.debt == 0.0)) return errc::not_finite;
    if (h.collateral < 0.0 || h.debt < 0.0) return errc::negative_amount;
  }
  return errc::ok;
}

}  // namespace trimtab
