from ninja import NinjaAPI

api = NinjaAPI(title="Ringtrue", version="1", urls_namespace="api-v1")
