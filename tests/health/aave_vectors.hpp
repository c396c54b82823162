// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <trimtab/health.hpp>

#include "support/vectors.hpp"
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace trimtab::test {

/// Whether a pool's balances are scaled, with the index in the price, or whole tokens as the contract rounded them.
enum class balances : std::uint8_t { scaled, whole };

/// @brief A pool of the contracts as one account of the files sees it: reserve i is its i-th asset; slots 4i to 4i + 3
/// are the prices of its collateral, its debt, and those of its category.
struct aave_pool {
  std::vector<health::aave_v3_reserve> reserves;
  std::vector<double> prices;
  health::aave_v3_emode emode;
  health::aave_v3_release release;
  account<16> holdings;

  [[nodiscard]] health::aave_v3 model() const {
    return {.reserves = reserves, .emodes = {&emode, emode.id != 0 ? 1U : 0U}, .emode = emode.id, .release = release};
  }
  [[nodiscard]] oracle_prices<double> quoted() const { return oracle_prices<double>(prices); }
};

/// @param version "aave_v3" (v3.0) or "aave_v36"
inline aave_pool pool_of(const std::string& version, const row& user, const std::vector<const row*>& assets,
                         balances in) {
  const bool early = version == "aave_v3";
  aave_pool p;
  p.release = early ? health::aave_v3_release::v3_0 : health::aave_v3_release::v3_6;
  const long double category_price = user.integer("emode_price");
  const auto bps = [](const row& r, const char* column) { return basis_points{static_cast<double>(r.small(column))}; };
  p.emode = {.id = static_cast<std::uint8_t>(user.small("emode_id")),
             .ltv = bps(user, "emode_ltv_bps"),
             .threshold = bps(user, "emode_lt_bps"),
             .bonus = {std::max(0.0, user.small("emode_bonus_bps") - 1e4)},
             .price_source = category_price > 0.0L};
  for (const row* asset : assets) {
    const auto i = static_cast<std::uint16_t>(p.reserves.size());
    const auto slot = [&](int k) { return price_slot{static_cast<std::uint16_t>(4 * i + k)}; };
    const asset_id id{static_cast<std::uint32_t>(asset->small("reserve"))};
    p.reserves.push_back({.asset = id,
                          .collateral_slot = slot(0),
                          .debt_slot = slot(1),
                          .ltv = bps(*asset, "ltv_bps"),
                          .threshold = bps(*asset, "liquidation_threshold_bps"),
                          .bonus = {asset->small("liquidation_bonus_bps") - 1e4},
                          .protocol_fee = bps(*asset, "protocol_fee_bps"),
                          .decimals = asset->small("decimals"),
                          .emode_collateral_slot = slot(2),
                          .emode_debt_slot = slot(3)});
    const bool member = early ? p.emode.id != 0 && asset->small("asset_emode_category") == p.emode.id
                              : asset->flag("in_user_emode_collateral");
    if (member) p.emode.collateral_bitmap |= std::uint64_t{1} << i;
    if (member) p.emode.borrowable_bitmap |= std::uint64_t{1} << i;
    if (!early && asset->flag("emode_ltvzero")) p.emode.ltv_zero_bitmap |= std::uint64_t{1} << i;
    // Every product in 80 bits, each number rounded to double once.
    const bool scaled = in == balances::scaled;
    const long double unit = std::pow(10.0L, asset->integer("decimals"));
    const long double income = scaled ? asset->integer("normalized_income") / 1e27L : 1.0L;
    const long double debt = scaled ? asset->integer("normalized_debt") / 1e27L : 1.0L;
    for (const long double price : {asset->integer("price"), p.emode.price_source ? category_price : 1.0L})
      for (const long double index : {income, debt}) p.prices.push_back(static_cast<double>(price / 1e8L * index));
    const errc added = p.holdings.add(
        {.asset = id,
         .collateral = static_cast<double>(asset->integer(scaled ? "scaled_collateral" : "collateral_balance") / unit),
         .debt = static_cast<double>(asset->integer(scaled ? "scaled_debt" : "debt_balance") / unit),
         .used_as_collateral = asset->flag("use_as_collateral")});
    EXPECT_EQ(added, errc::ok);
  }

  return p;
}

using asset_rows = std::map<std::string, std::vector<const row*>>;

inline asset_rows by_account(const vector_file& file) {
  asset_rows found;
  for (const row& r : file.rows()) found[r.text("account_id")].push_back(&r);
  return found;
}

/// @brief Counts the balances that scaled balance and index give: each within a smallest unit of the contract's
/// integer. What goes beyond is the error that is reported.
inline void count_balances(vector_file& assets) {
  for (const row& r : assets.rows()) {
    const long double collateral = r.integer("scaled_collateral") * r.integer("normalized_income") / 1e27L;
    const long double debt = r.integer("scaled_debt") * r.integer("normalized_debt") / 1e27L;
    const long double away = std::max(std::fabs(collateral - r.integer("collateral_balance")),
                                      std::fabs(debt - r.integer("debt_balance"))) -
                             (collateral + debt) * 1e-18L;  // the file's integers are rounded to 64 bits here
    EXPECT_LE(away, 1.0L) << r.text("account_id") << " " << r.text("reserve");
    assets.count(std::max(0.0L, away - 1.0L));
  }
  assets.report();
  EXPECT_EQ(assets.checked(), assets.rows().size());
}

/// A contract's health factor against the model's reading of it, and both yes and no to liquidation.
struct health_comparison {
  std::size_t rows = 0, inside = 0, inside_form = 0;
  long double worst = 0.0L, worst_of_bound = 0.0L;

  /// @return whether the row lies inside the bound: too close to 1 to say, or unbounded
  bool compare(const aave_pool& p, long double integer, const std::string& what) {
    const auto model = p.model();
    const health::contract_reading r = model.reading(p.holdings, p.quoted());
    const double exact = health_factor(model.liquidation_form<double>(p.holdings), p.quoted());
    const double coarse = model.rounding_bound(p.holdings, p.quoted());
    ++rows;
    const bool no_debt = integer > 1e60L;
    if (no_debt) {
      EXPECT_TRUE(r.health == infinity || r.bound == infinity) << what;
    } else {
      const long double contract = integer / 1e18L;
      const long double off = std::fabs(contract - r.health);
      EXPECT_TRUE(r.bound == infinity || off <= static_cast<long double>(r.bound) * r.health) << what << " " << off;
      EXPECT_TRUE(coarse == infinity || std::fabs(contract - exact) <= static_cast<long double>(coarse) * exact)
          << what;
      if (r.bound < 1e-3 && r.health > 0.0) {
        worst = std::max(worst, off / r.health);
        worst_of_bound = std::max(worst_of_bound, off / r.health / r.bound);
      }
    }
    const bool contract_says = integer < 1e18L;
    const auto decided = [&](double health, double bound) {
      if (!(health * (1.0 - bound) >= 1.0 || health * (1.0 + bound) < 1.0)) return false;
      EXPECT_EQ(liquidatable_at(model.liquidation_boundary(), health), contract_says) << what << " " << health;
      return true;
    };
    if (!decided(exact, coarse)) ++inside_form;
    const bool outside = decided(r.health, r.bound);
    if (!outside) ++inside;
    return !outside;
  }
  void report(const std::string& name) const {
    std::printf("vectors %s: %zu rows, %zu inside the bound, %zu inside the form's; worst %.3Lg, %.3Lg of its bound\n",
                name.c_str(), rows, inside, inside_form, worst, worst_of_bound);
    std::fflush(stdout);
  }
};

}  // namespace trimtab::test
