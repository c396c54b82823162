// SPDX-License-Identifier: MIT
// Aave V3 and Morpho Blue against the exact rational health of accounts that lived in the real contracts, and Aave's
// liquidation rule against executed liquidation calls.
#include <gtest/gtest.h>

#include <trimtab/health.hpp>

#include "support/vectors.hpp"
#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

namespace trimtab {
namespace {

using test::relative_error;
using test::row;
using test::vector_file;

constexpr std::size_t most_assets = 16;
constexpr double bar = 1e-14;

/// A pool as one account sees it: reserve i is its i-th asset, slot 2i its collateral price, slot 2i + 1 its debt
/// price, both effective.
struct aave_pool {
  std::vector<health::aave_v3_reserve> reserves;
  std::vector<double> prices;
  health::aave_v3_emode emode;
  account<most_assets> holdings;

  void set_emode(const row& user) {
    if (user.small("emode_id") == 0) return;
    emode.ltv = {static_cast<double>(user.small("emode_ltv_bps"))};
    emode.threshold = {static_cast<double>(user.small("emode_lt_bps"))};
    emode.bonus = {static_cast<double>(user.small("emode_bonus_bps")) - 1e4};
  }
  // Every product in 80 bits, each number rounded to double once.
  void add(const row& asset, bool in_category, bool zero_ltv, long double price) {
    const auto i = static_cast<std::uint16_t>(reserves.size());
    const auto slot = static_cast<std::uint16_t>(2 * i), next = static_cast<std::uint16_t>(2 * i + 1);
    const asset_id id{static_cast<std::uint32_t>(asset.small("reserve"))};
    const long double unit = std::pow(10.0L, asset.integer("decimals"));
    const auto bps = [&](const char* column) { return basis_points{static_cast<double>(asset.small(column))}; };
    reserves.push_back({id,
                        {slot},
                        {next},
                        bps("ltv_bps"),
                        bps("liquidation_threshold_bps"),
                        {bps("liquidation_bonus_bps").count - 1e4},
                        bps("protocol_fee_bps")});
    prices.push_back(static_cast<double>(price / 1e8L * asset.integer("normalized_income") / 1e27L));
    prices.push_back(static_cast<double>(price / 1e8L * asset.integer("normalized_debt") / 1e27L));
    if (in_category) emode.collateral_bitmap |= std::uint64_t{1} << i;
    if (zero_ltv) emode.ltv_zero_bitmap |= std::uint64_t{1} << i;
    const errc added =
        holdings.add({id, static_cast<double>(asset.integer("scaled_collateral") / unit),
                      static_cast<double>(asset.integer("scaled_debt") / unit), asset.flag("use_as_collateral")});
    EXPECT_EQ(added, errc::ok);
  }
  [[nodiscard]] health::aave_v3 model() const { return {.reserves = reserves, .emode = emode}; }
  [[nodiscard]] double health() const {
    EXPECT_EQ(model().validate(holdings), errc::ok);
    return health_factor(model().liquidation_form<double>(holdings), oracle_prices<double>(prices));
  }
};

using asset_rows = std::map<std::string, std::vector<const row*>>;

asset_rows by_account(const vector_file& file) {
  asset_rows found;
  for (const row& r : file.rows()) found[r.text("account_id")].push_back(&r);
  return found;
}

/// What one smallest unit of a token, and one of base currency, may move: how coarse the contract's integers are, in
/// 1e-8 base.
long double grain_of(const row& asset, long double price) {
  return 1.0L + price / std::pow(10.0L, asset.integer("decimals"));
}

/// How many smallest units a balance of the model is away from the contract's integer.
long double units_away(const row& asset) {
  const long double collateral = asset.integer("scaled_collateral") * asset.integer("normalized_income") / 1e27L;
  const long double debt = asset.integer("scaled_debt") * asset.integer("normalized_debt") / 1e27L;
  const long double slack = (collateral + debt) * 1e-18L;  // the file's integers are rounded to 64 bits here
  return std::max(std::fabs(collateral - asset.integer("collateral_balance")),
                  std::fabs(debt - asset.integer("debt_balance"))) -
         slack;
}

/// Health of every account of one generation: by id, and compared with the contract's own integer.
std::map<std::string, double> health_of_accounts(const std::string& version) {
  vector_file accounts("lending/" + version + "_accounts.csv"), assets("lending/" + version + "_account_assets.csv");
  const asset_rows owned = by_account(assets);
  const bool by_category = version == "aave_v3";
  std::map<std::string, double> health;
  for (const row& user : accounts.rows()) {
    aave_pool pool;
    pool.set_emode(user);
    long double grain = 0.0L;
    const auto found = owned.find(user.text("account_id"));
    if (found != owned.end()) {
      for (const row* asset : found->second) {
        // v3.0 asks the asset's category, and leaves out what its own configuration makes no collateral; v3.2 and later
        // ask a bitmap.
        const bool in_category = by_category ? user.flag("emode_id") &&
                                                   asset->text("asset_emode_category") == user.text("emode_id") &&
                                                   asset->flag("liquidation_threshold_bps")
                                             : asset->flag("in_user_emode_collateral");
        const bool category_price =
            by_category && user.flag("emode_price") && asset->text("asset_emode_category") == user.text("emode_id");
        const long double price = category_price ? user.integer("emode_price") : asset->integer("price");
        pool.add(*asset, in_category, !by_category && asset->flag("emode_ltvzero"), price);
        grain += grain_of(*asset, price);
        const long double away = units_away(*asset);
        EXPECT_LE(away, 1.0L) << version << " account " << user.text("account_id");
        assets.count(std::max(0.0L, away - 1.0L));  // beyond the contract's own rounding
      }
      EXPECT_EQ(static_cast<std::size_t>(user.small("n_assets")), found->second.size());
    }
    const double h = health[user.text("account_id")] = pool.health();
    if (user.flag("total_debt_base")) {
      const long double coarse =
          grain / user.integer("total_debt_base") + grain / std::max(1.0L, user.integer("total_collateral_base"));
      const long double off = relative_error(h, std::max(1.0L, user.integer("health_factor")) / 1e18L);
      const long double error = std::max(0.0L, off - 2.0L * coarse - 1e-18L / h);
      // v3.0 floors the average threshold to whole basis points: up to one in avg_lt_bps.
      const long double bar_here = by_category ? 1.0L / std::max(1.0L, user.integer("avg_lt_bps")) : 1e-14L;
      const bool measurable = coarse < 0.1L;
      EXPECT_TRUE(!measurable || error <= bar_here)
          << version << " account " << user.text("account_id") << " off by " << error;
      accounts.count(measurable ? error : 0.0L);
    } else {
      accounts.count();
    }
  }
  accounts.report();
  assets.report();
  EXPECT_EQ(accounts.checked(), accounts.rows().size());
  EXPECT_EQ(assets.checked(), assets.rows().size());
  return health;
}

std::map<std::string, double> health_of_morpho_positions() {
  vector_file file("lending/morpho_health.csv");
  std::map<std::string, double> health;
  for (const row& r : file.rows()) {
    const health::morpho_blue market{.collateral = {1},
                                     .loan = {2},
                                     .collateral_slot = {0},
                                     .loan_slot = {1},
                                     .lltv = {static_cast<double>(r.integer("lltv") / 1e14L)}};
    const long double share =
        (r.integer("total_borrow_assets_after") + 1.0L) / (r.integer("total_borrow_shares") + 1e6L);
    const double prices[] = {static_cast<double>(r.integer("price") / 1e36L), static_cast<double>(share)};
    account<> a;
    EXPECT_EQ(a.add({.asset = {1}, .collateral = static_cast<double>(r.integer("collateral"))}), errc::ok);
    EXPECT_EQ(a.add({.asset = {2}, .debt = static_cast<double>(r.integer("borrow_shares"))}), errc::ok);
    EXPECT_EQ(market.validate(a), errc::ok);
    const double h = health[r.text("id")] =
        health_factor(market.liquidation_form<double>(a), oracle_prices<double>(prices));
    // The contract rounds the debt up and the collateral down twice, by less than one loan unit each.
    const long double slack = 4.0L / std::max(1.0L, r.integer("borrowed"));
    if (std::fabs(h - 1.0) > slack + 1e-12L) {
      EXPECT_EQ(!liquidatable_at(market.liquidation_boundary(), h), r.flag("healthy")) << r.text("id");
    }
    const long double units = r.integer("borrowed") - share * r.integer("borrow_shares");  // the contract rounds up
    const long double arithmetic = r.integer("borrowed") * 1e-18L;
    EXPECT_TRUE(units > -arithmetic && units < 1.0L + arithmetic) << r.text("id") << " " << units;
    file.count(std::max(0.0L, std::fabs(units) - 1.0L - arithmetic));  // beyond the contract's rounding up
  }
  file.report();
  EXPECT_EQ(file.checked(), file.rows().size());
  return health;
}

TEST(HealthVectors, ModelsReadTheExactHealthOfTheContractsAccounts) {
  std::map<std::string, std::map<std::string, double>> health;
  health["aave_v3"] = health_of_accounts("aave_v3");
  health["aave_v36"] = health_of_accounts("aave_v36");
  health["morpho"] = health_of_morpho_positions();
  vector_file exact("lending/health_real.csv");
  std::size_t rows = 0;
  for (const row& r : exact.rows()) {
    const auto protocol = health.find(r.text("protocol"));
    if (protocol == health.end()) continue;
    ++rows;
    const auto found = protocol->second.find(r.text("id"));
    if (found == protocol->second.end()) continue;
    const long double error = relative_error(found->second, test::number_of(r.text("health_factor")));
    EXPECT_LE(error, bar) << r.text("protocol") << " " << r.text("id");
    exact.count(error);
  }
  exact.report(rows);
  EXPECT_EQ(exact.checked(), rows);
  EXPECT_EQ(rows, health["aave_v3"].size() + health["aave_v36"].size() + health["morpho"].size());
}

TEST(AaveV3Vectors, LiquidationsTakeWhatTheContractsTook) {
  vector_file calls("lending/aave_v36_liquidations.csv"), assets("lending/aave_v36_liquidation_assets.csv");
  const asset_rows owned = by_account(assets);
  for (const row& call : calls.rows()) {
    aave_pool pool;
    pool.set_emode(call);
    const row *collateral = nullptr, *debt = nullptr;
    for (const row* asset : owned.at(call.text("account_id"))) {
      pool.add(*asset, asset->flag("in_user_emode_collateral"), asset->flag("emode_ltvzero"), asset->integer("price"));
      if (asset->text("reserve") == call.text("collateral_reserve")) collateral = asset;
      if (asset->text("reserve") == call.text("debt_reserve")) debt = asset;
      assets.count(std::max(0.0L, units_away(*asset) - 1.0L));
    }
    ASSERT_NE(collateral, nullptr);
    ASSERT_NE(debt, nullptr);
    // Balances are scaled, so requests and outcomes are too: smallest units per scaled token are 10^d · index.
    const long double collateral_units =
        std::pow(10.0L, collateral->integer("decimals")) * collateral->integer("normalized_income") / 1e27L;
    const long double debt_units =
        std::pow(10.0L, debt->integer("decimals")) * debt->integer("normalized_debt") / 1e27L;
    const liquidation_request request{.debt = {static_cast<std::uint32_t>(call.small("debt_reserve"))},
                                      .collateral = {static_cast<std::uint32_t>(call.small("collateral_reserve"))},
                                      .repay = static_cast<double>(call.integer("debt_to_cover") / debt_units)};
    // Health within 1e-15 of an edge is the same double on both sides of it: step over in the direction of the
    // contract's integer.
    for (const long double edge : {0.95L, 1.0L}) {
      const long double gap = call.integer("health_factor") / 1e18L - edge;
      if (gap == 0.0L || std::fabs(gap) > 1e-15L) continue;
      const double step = gap < 0.0L ? 1.0 - 0x1p-50 : 1.0 + 0x1p-50;
      for (std::size_t i = 0; i < pool.prices.size(); i += 2) pool.prices[i] *= step;
    }
    const auto model = pool.model();
    const auto outcome = model.liquidate(pool.holdings, oracle_prices<double>(pool.prices), request);
    const std::string& id = call.text("account_id");
    EXPECT_TRUE(test::relative_error(1.0L + model.bonus(pool.holdings, {}, request.collateral).fraction(),
                                     call.integer("bonus_bps") / 1e4L) < 1e-15L)
        << id;
    const std::string& said = call.text("result");
    if (said != "ok") {
      if (said == "revert:InvalidBurnAmount") {  // a scaled balance rounded to nothing: below what doubles of whole
                                                 // tokens model
        calls.count();
        continue;
      }
      EXPECT_FALSE(outcome.has_value()) << id << " " << said;
      EXPECT_EQ(outcome.error(), said == "revert:MustNotLeaveDust" ? errc::dust : errc::not_liquidatable)
          << id << " " << said;
      calls.count();
      continue;
    }
    ASSERT_TRUE(outcome.has_value()) << id << " " << call.text("kind") << " " << name(outcome.error());
    const long double repaid = outcome->repaid * debt_units, seized = outcome->seized * collateral_units;
    const long double fee = outcome->protocol_fee * collateral_units;
    const long double actual = call.integer("actual_debt"),
                      taken = call.integer("collateral_to_liquidator") + call.integer("protocol_fee");
    // One base unit (1e-8) of either asset, one smallest unit, and the arithmetic: what the contract's own roundings
    // can move.
    const long double debt_grain = 2.0L + 2.0L * std::pow(10.0L, debt->integer("decimals")) / debt->integer("price");
    const long double debt_in_collateral = debt->integer("price") * std::pow(10.0L, collateral->integer("decimals")) /
                                           (collateral->integer("price") * std::pow(10.0L, debt->integer("decimals")));
    const long double collateral_grain = 4.0L + 2.0L * debt_grain * debt_in_collateral;
    const long double repaid_error =
        std::max(0.0L, std::fabs(repaid - actual) - debt_grain - 2.0L * collateral_grain / debt_in_collateral) /
        std::max(1.0L, actual);
    const long double seized_error =
        std::max(0.0L, std::fabs(seized - taken) - collateral_grain) / std::max(1.0L, taken);
    EXPECT_LE(repaid_error, 1e-14L) << id << " " << call.text("kind") << " repaid " << repaid << " contract " << actual;
    EXPECT_LE(seized_error, 1e-14L) << id << " " << call.text("kind") << " seized " << seized << " contract " << taken;
    EXPECT_LE(std::max(0.0L, std::fabs(fee - call.integer("protocol_fee")) - collateral_grain) / std::max(1.0L, taken),
              1e-14L)
        << id;
    const long double deficit = outcome->bad_debt * debt_units;
    EXPECT_LE(std::max(0.0L, std::fabs(deficit - call.integer("deficit_debt_reserve")) - debt_grain -
                                 2.0L * collateral_grain / debt_in_collateral),
              1e-14L * call.integer("user_debt_balance"))
        << id << " deficit " << deficit << " contract " << call.text("deficit_debt_reserve");
    calls.count(std::max(repaid_error, seized_error));
  }
  calls.report();
  assets.report();
  EXPECT_EQ(calls.checked(), calls.rows().size());
  EXPECT_EQ(assets.checked(), assets.rows().size());
}

}  // namespace
}  // namespace trimtab
