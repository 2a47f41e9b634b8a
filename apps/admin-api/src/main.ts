import { destinationDescriptors, sourceDescriptors } from '@waybill/registry';
import { readSetting, runApp } from '@waybill/platform';
import { addApiKey } from '@waybill/state';
import { adminModule } from './admin-module.ts';
import { configureApi } from './configure-api.ts';

await runApp({
  name: 'admin-api',
  plan: async log => {
    const setting = await readSetting(log, {
      sources: sourceDescriptors,
      destinations: destinationDescriptors,
    });
    const { environment, database } = setting;
    const parts = { database, redisUrl: environment.redisUrl.reveal(), appsFile: environment.appsFile };
    return {
      module: adminModule(parts, log),
      port: environment.port,
      host: environment.host,
      database: setting.check,
      databasePatience: 'exit',
      configure: configureApi,
      begin: async () => {
        if (environment.apiKey === undefined) return;
        await addApiKey(database, {
          name: 'WAYBILL_API_KEY',
          role: 'admin',
          key: environment.apiKey.reveal(),
        });
      },
      end: () => database.$disconnect(),
    };
  },
});
