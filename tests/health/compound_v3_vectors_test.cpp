// SPDX-License-Identifier: MIT
// Comet accounts, absorbs and storefront quotes of the real contract.
#include <gtest/gtest.h>

#include <trimtab/health/compound_v3.hpp>

#include "support/vectors.hpp"
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

namespace trimtab {
namespace {

using test::relative_error;
using test::row;
using test::vector_file;

constexpr asset_id base{1000};

/// A decimal integer with a sign.
long double signed_integer(const row& r, const std::string& column) {
  const std::string& text = r.text(column);
  return !text.empty() && text[0] == '-' ? -test::integer_of(text.substr(1)) : test::integer_of(text);
}

/// A market as one account sees it: the debt is the principal, whose index is part of the base price.
struct comet_account {
  std::vector<health::compound_v3_asset> assets;
  std::vector<double> prices;
  account<24> holdings;
  long double unit = 1.0L;    ///< base units per whole base token
  long double coarse = 0.0L;  ///< value of the coarsest smallest unit of any token here, currency

  comet_account(const row& user, const std::vector<const row*>& held) {
    unit = std::pow(10.0L, user.integer("base_decimals"));
    const long double price = user.integer("base_price") / 1e8L, principal = signed_integer(user, "principal");
    coarse = price / unit;
    prices.push_back(static_cast<double>(price * user.integer("base_borrow_index") / 1e15L));
    for (const row* r : held) {
      const auto slot = static_cast<std::uint16_t>(prices.size());
      const asset_id id{static_cast<std::uint32_t>(r->small("asset"))};
      const auto bps = [&](const char* column) {
        return basis_points{static_cast<double>(r->integer(column) / 1e14L)};
      };
      const long double of_asset = r->integer("price") / 1e8L, units = std::pow(10.0L, r->integer("decimals"));
      assets.push_back({id, {slot}, bps("borrow_cf"), bps("liquidate_cf"), bps("liquidation_factor")});
      prices.push_back(static_cast<double>(of_asset));
      coarse = std::max(coarse, of_asset / units);
      EXPECT_EQ(holdings.add({.asset = id, .collateral = static_cast<double>(r->integer("balance") / units)}),
                errc::ok);
    }
    EXPECT_EQ(holdings.add({.asset = base,
                            .collateral = principal > 0.0L ? static_cast<double>(principal / unit) : 0.0,
                            .debt = principal < 0.0L ? static_cast<double>(-principal / unit) : 0.0}),
              errc::ok);
    decimals = user.small("base_decimals");
  }
  int decimals = 0;
  [[nodiscard]] health::compound_v3 model() const {
    return {.base = base, .base_slot = {0}, .assets = assets, .base_decimals = decimals};
  }
};

TEST(CompoundV3Vectors, AccountsAreJudgedAndAbsorbedAsTheContractDoes) {
  vector_file users("lending/comet_accounts.csv"), assets("lending/comet_account_assets.csv");
  vector_file exact("lending/health_real.csv");
  std::map<std::string, std::vector<const row*>> owned;
  for (const row& r : assets.rows()) owned[r.text("account_id")].push_back(&r);
  std::map<std::string, long double> real;
  for (const row& r : exact.rows())
    if (r.text("protocol") == "comet") real[r.text("id")] = test::number_of(r.text("health_factor"));
  std::size_t inside = 0, absorbed = 0;
  for (const row& user : users.rows()) {
    const std::string& id = user.text("account_id");
    const comet_account c(user, owned[id]);
    EXPECT_EQ(static_cast<std::size_t>(user.small("n_assets")), owned[id].size());
    for (std::size_t i = 0; i < owned[id].size(); ++i) assets.count();
    const auto model = c.model();
    const oracle_prices<double> prices{std::span<const double>(c.prices)};
    ASSERT_EQ(validate(model, c.holdings, prices), errc::ok) << id;
    const double health = health_factor(model.liquidation_form<double>(c.holdings), prices);
    const auto may_borrow = model.borrow_form<double>(c.holdings);
    const double room = health_factor(may_borrow, prices);

    ASSERT_TRUE(real.contains(id)) << id;
    const long double error = relative_error(health, real[id]);
    EXPECT_LE(error, 1e-14L) << id;
    exact.count(error);

    // Away from the threshold by more than the contract's rounding, both answers are the contract's.
    const double bound = model.rounding_bound(c.holdings, prices);
    const double borrow_bound = model.rounding_bound_of(may_borrow, prices);
    EXPECT_LT(bound, 1e-6) << id;
    const bool near = std::fabs(health - 1.0) <= bound, borrow_near = std::fabs(room - 1.0) <= borrow_bound;
    inside += near || borrow_near ? 1U : 0U;
    if (!near) {
      EXPECT_EQ(liquidatable_at(model.liquidation_boundary(), health), user.flag("liquidatable")) << id;
    }
    if (!borrow_near) {
      EXPECT_EQ(room >= 1.0, user.flag("borrow_collateralized")) << id;
    }

    // The present value, rounded toward zero to a base unit.
    const long double principal = signed_integer(user, "principal");
    const long double index = user.integer(principal < 0.0L ? "base_borrow_index" : "base_supply_index") / 1e15L;
    const long double off = std::fabs(principal * index) - std::fabs(signed_integer(user, "present_value"));
    const long double arithmetic = std::fabs(principal) * 1e-18L;
    EXPECT_TRUE(off >= -arithmetic && off < 1.0L + arithmetic) << id << " " << off;

    const liquidation_request request{.debt = base,
                                      .collateral = model.assets.empty() ? asset_id{} : model.assets[0].asset};
    // Inside the bound the contract may have absorbed what the model holds healthy: factors lower by the bound let it
    // through, and no amount depends on them.
    std::vector<health::compound_v3_asset> stricter = c.assets;
    if (near && user.text("absorb") == "ok")
      for (health::compound_v3_asset& asset : stricter) asset.liquidate_factor.count *= 1.0 - 4.0 * bound;
    auto absorbing = model;
    absorbing.assets = stricter;
    const auto outcome = absorbing.liquidate(c.holdings, prices, request);
    if (user.text("absorb") != "ok") {
      if (!near && !model.assets.empty()) {
        EXPECT_EQ(outcome.error(), errc::not_liquidatable) << id;
      }
      users.count();
      continue;
    }
    ++absorbed;
    ASSERT_TRUE(outcome.has_value()) << id << " " << name(outcome.error());
    EXPECT_EQ(outcome->debt_left, 0.0) << id;
    EXPECT_TRUE(outcome->whole_account) << id;
    EXPECT_EQ(outcome->collateral_left, 0.0) << id;
    // Principal of the model to base units now; what is given back becomes supply, rounded down in its own index.
    const long double now = c.unit * index, supply_index = user.integer("base_supply_index") / 1e15L;
    const long double paid = (outcome->repaid + outcome->bad_debt + outcome->credited) * now;
    const long double given = outcome->credited * now, supplied = given / supply_index;
    // One smallest unit of the coarsest token, in base units, or 1e-12; and the rounding of the integers themselves, of
    // a supply to a principal unit first, worth its index.
    const long double price = user.integer("base_price") / 1e8L;
    const long double unit_here = std::max({1.0L, c.coarse / price * c.unit, paid * 1e-12L});
    const long double usd = 1e8L * price / c.unit;  // per base unit, in the contract's 1e-8
    long double worst = 0.0L;
    const auto compare = [&](const char* column, long double mine, long double scale, long double rounding = 1.0L) {
      const long double allowed = rounding + unit_here;
      const long double gap = std::fabs(mine - signed_integer(user, column)) / scale;
      EXPECT_LE(gap, allowed) << id << " " << column << " " << mine;
      worst = std::max(worst, gap / allowed);
    };
    compare("base_paid_out", paid, 1.0L);
    compare("usd_paid_out", paid * usd, std::max(1.0L, usd));
    compare("present_value_after", given, 1.0L, 1.0L + supply_index);
    compare("principal_after", supplied, 1.0L);
    compare("total_supply_base_added", supplied, 1.0L);
    EXPECT_EQ(-principal, user.integer("total_borrow_base_removed")) << id << ": all of the debt";
    users.count(worst);
  }
  users.report();
  assets.report();
  exact.report(real.size());
  std::printf("vectors lending/comet_accounts.csv: %zu rows, %zu inside the bound, %zu absorbs compared\n",
              users.rows().size(), inside, absorbed);
  EXPECT_EQ(users.checked(), users.rows().size());
  EXPECT_EQ(assets.checked(), assets.rows().size());
  EXPECT_EQ(exact.checked(), real.size());
  EXPECT_EQ(real.size(), users.rows().size());
  EXPECT_EQ(absorbed, 48U) << "every absorb that went through";
}

TEST(CompoundV3Vectors, TheStorefrontQuotesWhatTheContractQuotes) {
  vector_file quotes("lending/comet_quotes.csv");
  for (const row& r : quotes.rows()) {
    const auto bps = [&](const char* column) { return basis_points{static_cast<double>(r.integer(column) / 1e14L)}; };
    const health::compound_v3_asset asset{.asset = {0},
                                          .slot = {0},
                                          .borrow_factor = {},
                                          .liquidate_factor = {10'000.0},
                                          .liquidation_factor = bps("liquidation_factor")};
    const health::compound_v3 market{.base = base,
                                     .base_slot = {1},
                                     .assets = {&asset, 1},
                                     .storefront_factor = bps("store_front_price_factor"),
                                     .base_decimals = r.small("base_decimals")};
    ASSERT_EQ(market.validate(account<>{}), errc::ok);
    const long double unit = std::pow(10.0L, r.integer("decimals"));
    const long double base_unit = std::pow(10.0L, r.integer("base_decimals"));
    const double prices[] = {static_cast<double>(r.integer("price") / 1e8L),
                             static_cast<double>(r.integer("base_price") / 1e8L)};
    ASSERT_EQ(r.text("status"), "ok");
    const auto sold = market.quote_collateral({0}, static_cast<double>(r.integer("base_amount") / base_unit),
                                              oracle_prices<double>(prices));
    ASSERT_TRUE(sold.has_value());
    const long double theirs = r.integer("collateral_out"), gap = std::fabs(*sold * unit - theirs);
    EXPECT_LE(gap, std::max(1.0L, theirs * 1e-12L)) << r.text("id") << " " << *sold * unit << " " << theirs;
    quotes.count(std::max(0.0L, gap - 1.0L) / std::max(1.0L, theirs));
  }
  quotes.report();
  EXPECT_EQ(quotes.checked(), quotes.rows().size());
}

}  // namespace
}  // namespace trimtab
