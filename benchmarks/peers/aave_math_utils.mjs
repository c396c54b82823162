// SPDX-License-Identifier: MIT
// How many health factors a CPU second @aave/math-utils gives, for an account of 3 collaterals and 1 debt: a speed peer
// of health_account_3, not part of ./dev bench and never run by CI. It needs Node 18 and the package, in a folder of its
// own:
//
//   dir=$(mktemp -d) && npm install --prefix "$dir" --no-save --no-audit --no-fund @aave/math-utils@1.38.0
//   node benchmarks/peers/aave_math_utils.mjs "$dir"
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const folder = process.argv[2];
if (!folder) {
  console.error('usage: node aave_math_utils.mjs FOLDER   (one that holds node_modules/@aave/math-utils)');
  process.exit(2);
}
const require = createRequire(join(resolve(folder), 'peer.js'));
const { calculateHealthFactorFromBalances, formatUserSummary, valueToBigNumber } = require('@aave/math-utils');
const { version } = require('@aave/math-utils/package.json');

const now = 1_700_000_000;
const ray = '1000000000000000000000000000';
const reserve = (id, decimals, price, ltv, threshold) => ({
  underlyingAsset: id, decimals, priceInMarketReferenceCurrency: price, baseLTVasCollateral: ltv,
  reserveLiquidationThreshold: threshold, liquidityIndex: ray, variableBorrowIndex: ray, liquidityRate: '0',
  variableBorrowRate: '0', lastUpdateTimestamp: now, debtCeiling: '0', eModes: [],
});
const reserves = [
  reserve('0xweth', 18, '200000000000', '8050', '8300'), reserve('0xwbtc', 8, '5000000000000', '7300', '7800'),
  reserve('0xlink', 18, '1500000000', '6300', '6800'), reserve('0xusdc', 6, '100000000', '7500', '7800'),
];
const supplied = [10n * 10n ** 18n, 2n * 10n ** 7n, 500n * 10n ** 18n, 0n];
const owed = [0n, 0n, 0n, 15_000n * 10n ** 6n];
const user = reserves.map((r, i) => ({
  underlyingAsset: r.underlyingAsset, scaledATokenBalance: supplied[i].toString(), scaledVariableDebt: owed[i].toString(),
  usageAsCollateralEnabledOnUser: true,
}));
const values = reserves.map((r, i) => valueToBigNumber(supplied[i].toString())
  .multipliedBy(r.priceInMarketReferenceCurrency).shiftedBy(-r.decimals));

// From balances: the sums over the account, then the package's function.
function fromBalances() {
  let collateral = valueToBigNumber(0), weighted = valueToBigNumber(0);
  for (let i = 0; i < 3; ++i) {
    const value = valueToBigNumber(supplied[i].toString()).multipliedBy(reserves[i].priceInMarketReferenceCurrency)
      .shiftedBy(-reserves[i].decimals);
    collateral = collateral.plus(value);
    weighted = weighted.plus(value.multipliedBy(reserves[i].reserveLiquidationThreshold));
  }
  return calculateHealthFactorFromBalances({
    collateralBalanceMarketReferenceCurrency: collateral,
    borrowBalanceMarketReferenceCurrency: valueToBigNumber(owed[3].toString())
      .multipliedBy(reserves[3].priceInMarketReferenceCurrency).shiftedBy(-reserves[3].decimals),
    currentLiquidationThreshold: weighted.div(collateral),
  });
}
// The last division alone, its three sums ready.
const total = values.reduce((sum, v) => sum.plus(v), valueToBigNumber(0));
const ready = {
  collateralBalanceMarketReferenceCurrency: total,
  borrowBalanceMarketReferenceCurrency: valueToBigNumber('1500000000000'),
  currentLiquidationThreshold: values
    .reduce((sum, v, i) => sum.plus(v.multipliedBy(reserves[i].reserveLiquidationThreshold)), valueToBigNumber(0))
    .div(total),
};
// The whole summary of a user, of which health is one field.
const summary = () => formatUserSummary({
  currentTimestamp: now, marketReferencePriceInUsd: '100000000', marketReferenceCurrencyDecimals: 8,
  userReserves: user, formattedReserves: reserves, userEmodeCategoryId: 0,
}).healthFactor;

// 10·2000·83 % + 0.2·50000·78 % + 500·15·68 % against 15000.
const expected = (16_600 + 7_800 + 5_100) / 15_000;
for (const [name, health] of [
  ['the division alone', () => calculateHealthFactorFromBalances(ready)],
  ['from the account\'s balances', fromBalances],
  ['formatUserSummary', summary],
]) {
  if (Math.abs(Number(health()) / expected - 1) > 1e-3) throw new Error(`${name}: ${health()}, not ${expected}`);
  for (let i = 0; i < 2_000; ++i) health();
  let calls = 0, spent = 0;
  const start = process.cpuUsage();
  while (spent < 2e6) {
    for (let i = 0; i < 500; ++i) health();
    calls += 500;
    const { user: u, system } = process.cpuUsage(start);
    spent = u + system;
  }
  console.log(`@aave/math-utils ${version}, ${name}: ${Math.round(calls / (spent / 1e6))} a CPU second`);
}
