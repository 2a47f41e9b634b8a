import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ApiKeyGuard } from './api-key-guard.ts';
import { API_KEY_VERIFIER, type ApiKeyVerifier } from './api-key-verifier.ts';

/** Puts every route of the app behind the ApiKeyGuard, but those marked @Public(). */
@Module({})
export class ApiKeyModule {
  static forRoot(verifier: ApiKeyVerifier): DynamicModule {
    return {
      module: ApiKeyModule,
      providers: [
        { provide: API_KEY_VERIFIER, useValue: verifier },
        { provide: APP_GUARD, useClass: ApiKeyGuard },
      ],
    };
  }
}
